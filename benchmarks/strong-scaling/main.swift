// How much faster a fixed problem is solved by more ranks.
//
//   benchmark-strong-scaling [--ranks 1,2,4] [--repetitions 3] [--plot FILE.svg] [--json FILE] [--smoke] …
//   benchmark-strong-scaling --collect FILE … [--plot FILE.svg] [--json FILE]
//
// All options: benchmarks/scaling/ScalingBenchmark.swift. On a cluster: slurm/strong-scaling.sbatch.

import ScalingBenchmark

ScalingBenchmark("strong-scaling", title: "Strong scaling: a fixed problem on more ranks", grows: false).main()
