/// Work on all rows of a matrix that can be done for some neighbouring columns at a time, held in registers.
protocol StripWork {
  /// Does the work for the columns of the type `W`, from vector number `first` on.
  func run<W: Columns>(_ width: W.Type, from first: Int)
}

extension StripWork {
  /// Does the work for so many vectors of columns, in the widest strips of which two fit the registers.
  @inline(__always)
  func run(columns: Int) {
    var done = 0
    #if VECTOR_16
      while columns - done >= 7 {
        run(SevenColumns.self, from: done)
        done += 7
      }
    #endif
    while columns - done >= 4 {
      run(FourColumns.self, from: done)
      done += 4
    }
    while columns - done >= 2 {
      run(TwoColumns.self, from: done)
      done += 2
    }
    if columns - done == 1 { run(OneColumn.self, from: done) }
  }
}
