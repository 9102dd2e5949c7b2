print("smt-mpi")
