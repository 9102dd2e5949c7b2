// How much longer a problem takes that grows with the ranks: each gets as many columns of the grid as one rank alone.
//
//   benchmark-weak-scaling [--ranks 1,2,4] [--repetitions 3] [--plot FILE.svg] [--json FILE] [--smoke] …
//
// All options: benchmarks/scaling/ScalingBenchmark.swift. Land is not spread evenly, so cells a second are compared.

import ScalingBenchmark

ScalingBenchmark("weak-scaling", title: "Weak scaling: columns of the grid grow with the ranks", grows: true).main()
