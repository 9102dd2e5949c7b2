import ArgumentParser

/// The program: one subcommand per job.
@main
struct SMTMPI: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "smt-mpi",
    abstract: "Land-surface analyses in every cell of a grid, on all the ranks of an MPI job.",
    subcommands: [Synthesize.self, Compare.self]
  )
}
