import Distributed

/// What the environment of a process says of the launcher that started it.
struct Launcher {
  /// The rank that the launcher gave this process; nil outside of a launcher.
  let rank: Int?
  /// How many processes it started; nil outside of a launcher.
  let size: Int?
  private let environment: [String: String]

  /// The launcher that left these variables.
  init(_ environment: [String: String]) {
    self.environment = environment
    rank =
      ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID", "MPI_LOCALRANKID"].lazy
      .compactMap { environment[$0].flatMap(Int.init) }.first
    size =
      ["OMPI_COMM_WORLD_SIZE", "SLURM_STEP_NUM_TASKS", "PMI_SIZE", "MPI_LOCALNRANKS"].lazy
      .compactMap { environment[$0].flatMap(Int.init) }.first { $0 > 0 }
  }

  private func number(_ name: String) -> Int? { environment[name].flatMap(Int.init) }

  /// Refuses, before MPI starts, a Slurm step of several tasks that Open MPI cannot join: it would end them itself, with 1.
  ///
  /// - Throws: exit code 69.
  func checkStep() throws {
    guard let tasks = number("SLURM_STEP_NUM_TASKS"), tasks > 1,
      LibraryVersions.all["MPI"]?.hasPrefix("Open MPI") == true,
      ["PMIX_RANK", "PMI_RANK", "OMPI_COMM_WORLD_RANK"].allSatisfy({ environment[$0] == nil })
    else { return }
    throw JobError(
      .launch,
      "a Slurm step of \(tasks) tasks whose launcher does not fit this MPI; use 'srun --mpi=pmix' or 'mpirun'")
  }

  /// Refuses N copies of "rank 0 of 1", where MPI sees one rank: each of them would do the whole job.
  ///
  /// - Throws: exit code 69 where the launcher started several processes, or does not say how many.
  func checkSingleRank() throws {
    if let tasks = number("SLURM_STEP_NUM_TASKS"), tasks > 1 {
      throw JobError(
        .launch,
        "MPI sees one rank in a Slurm step of \(tasks) tasks: the launcher does not fit this MPI; use 'srun --mpi=pmix' or "
          + "'mpirun'")
    }
    if let ranks = number("OMPI_COMM_WORLD_SIZE"), ranks > 1 {
      throw JobError(
        .launch,
        "MPI sees one of the \(ranks) ranks that 'mpirun' started: it is that of another Open MPI; use the one of this MPI"
      )
    }
    // What PMIx or Open MPI started may have variables of a launcher further out.
    guard environment["PMIX_RANK"] == nil, environment["OMPI_COMM_WORLD_SIZE"] == nil else { return }
    let count = [number("PMI_SIZE"), number("MPI_LOCALNRANKS")].compactMap(\.self).max()
    guard count.map({ $0 > 1 }) ?? (environment["PMI_RANK"] != nil) else { return }
    throw JobError(
      .launch,
      "MPI sees one rank of \(count.map(String.init) ?? "an unknown number") that a launcher of MPICH or its kin (PMI) "
        + "started, which does not fit this MPI; use the 'mpirun' of Open MPI, or 'srun --mpi=pmix'")
  }
}
