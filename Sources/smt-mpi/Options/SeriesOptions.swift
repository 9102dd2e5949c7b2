import ArgumentParser
import Distributed

/// How a record of maps is written: options of all commands that leave one.
struct SeriesOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      What the compressed chunks of the output are made for: map (a field, or rows of one, a chunk) or series (all times \
      of a tile of cells a chunk).
      """, valueName: "chunks"))
  var chunks = SeriesChunks.map
}

extension SeriesChunks: ExpressibleByArgument {}
