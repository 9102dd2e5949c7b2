extension RecordHeader {
  /// When the fields are, by place on the time axis; one instant where there is none.
  ///
  /// Of steps with bounds it is their middle. A file without a time axis tells its time by a variable `time` of one
  /// value, or in its name: `20120917`, `2012-09-17`, `20120917T1030`, where a day alone is taken for its noon.
  /// - Throws: exit code 65 where there is none.
  public func instants() throws -> [Step] {
    let file = try NetCDFFile(path)
    if let axis = axes.first(where: \.isTime) {
      let times = try TimeAxis.read(dimension: axis.name, in: file)
      return (0..<times.count).map { times.calendar.step(at: times.instant($0)) }
    }
    if let time = file.variable("time"), try file.valueCount(time) == 1,
      let calendar = ModelCalendar(attribute: file.text("calendar", of: time)),
      let units = TimeUnits(file.text("units", of: time) ?? "", calendar),
      let second = units.second(of: try file.values(time)[0])
    {
      return [calendar.step(at: second)]
    }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let pattern = /(\d{4})[-_]?(\d\d)[-_]?(\d\d)(?:[T_ -]?(\d\d)[:-]?(\d\d))?(?!\d)/
    for match in name.matches(of: pattern).reversed() {
      guard let year = Int(match.1), let month = Int(match.2), let day = Int(match.3), (1...12).contains(month),
        (1...31).contains(day)
      else { continue }
      let hours = match.4.flatMap { Int($0) } ?? 12
      let minutes = match.5.flatMap { Int($0) } ?? 0
      guard hours < 24, minutes < 60 else { continue }
      return [Step(year: year, month: month, day: day, minute: 60 * hours + minutes)]
    }
    throw JobError(
      .inputData,
      "\(path): has no time, in the file or in its name; expected a time axis, a variable 'time', or a name as "
        + "sm_20120917T1030.nc")
  }
}

extension Step {
  /// A minute of a day.
  public init(year: Int, month: Int, day: Int, minute: Int) {
    self.init(Month(year: year, month: month), second: 86400 * (day - 1) + 60 * minute)
  }
}
