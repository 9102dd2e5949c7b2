/// Which record of which file holds which month, for every member of a source.
struct Timeline {
  private var locations: [[Month: SourceCatalogue.Record]]

  /// Sorts the records of all members' files into months.
  ///
  /// - Throws: exit code 65 where a month is there twice.
  static func make(
    _ request: SourceRequest, _ list: MemberFiles, _ months: [[Month]], members: [String]
  ) throws -> Timeline {
    let locations = try list.files.enumerated().map { member, files in
      var found: [Month: SourceCatalogue.Record] = [:]
      for file in files {
        for (index, month) in months[file].enumerated() {
          if let other = found[month] {
            let places =
              other.file == file
              ? "twice in \(list.paths[file])"
              : "in \(list.paths[other.file]) and in \(list.paths[file])"
            throw JobError(
              .inputData,
              "\(request.words.source)\(memberText(members, member, list)): month \(month) of "
                + "'\(request.specification.variables[0])' is there \(places); expected one record a month "
                + "('cdo monmean' makes monthly means)")
          }
          found[month] = SourceCatalogue.Record(file: file, index: index)
        }
      }
      return found
    }
    return Timeline(locations: locations)
  }

  /// The months of the job: those asked for, or those that the reference has in every source.
  ///
  /// - Throws: exit code 65 where sources share no months, naming their periods.
  static func commonMonths(
    _ timelines: [Timeline], _ requests: [SourceRequest], period: ClosedRange<Month>?, warnings: inout [String]
  ) throws -> [Month] {
    if let period { return (period.lowerBound.index...period.upperBound.index).map(Month.init(index:)) }
    var first = Month(index: .min), last = Month(index: .max)
    var spans: [String] = []
    for (timeline, request) in zip(timelines, requests) {
      guard let begin = timeline.locations[0].keys.min(), let end = timeline.locations[0].keys.max() else {
        throw JobError(
          .inputData, "\(request.words.source): the files of '\(request.specification.text)' hold no records")
      }
      (first, last) = (max(first, begin), min(last, end))
      spans.append("\(request.name) \(begin)/\(end)")
    }
    guard first <= last else {
      throw JobError(.inputData, "the sources share no months: \(spans.joined(separator: ", "))")
    }
    if Set(spans.map { $0.split(separator: " ").last }).count > 1 {
      warnings.append(
        "the sources cover different periods (\(spans.joined(separator: ", "))): \(first)/\(last) is used")
    }
    return (first.index...last.index).map(Month.init(index:))
  }

  /// The record of every member and month.
  ///
  /// - Throws: exit code 65 naming the months that a member lacks.
  func records(
    of months: [Month], _ request: SourceRequest, members: [String]
  ) throws -> [[SourceCatalogue.Record]] {
    let byMember = try locations.enumerated().map { member, found in
      let gaps = months.filter { month in
        guard found[month] == nil else { return false }
        guard request.mayBeShorter, let first = found.keys.min(), let last = found.keys.max() else { return true }
        return month > first && month < last
      }
      guard gaps.isEmpty || request.allowsGaps else {
        let shown = gaps.prefix(6).map(\.description).joined(separator: ", ")
        let owner = locations.count > 1 ? " of member '\(members[member])'" : ""
        let span =
          found.isEmpty
          ? "nothing"
          : "\(found.keys.min() ?? months[0])/\(found.keys.max() ?? months[0]), \(found.count) months"
        throw JobError(
          .inputData,
          "\(request.words.source) '\(request.specification.text)'\(owner): months are missing: \(shown)"
            + (gaps.count > 6 ? " … (\(gaps.count) in all)" : "")
            + "; expected \(months[0])/\(months[months.count - 1]), found \(span); \(request.words.period) selects a shorter period"
        )
      }
      return months.map { found[$0] ?? .gap }
    }
    return byMember.count == members.count ? byMember : members.map { _ in byMember[0] }
  }

  private static func memberText(_ members: [String], _ member: Int, _ list: MemberFiles) -> String {
    list.files.count > 1 ? " of member '\(members[member])'" : ""
  }
}
