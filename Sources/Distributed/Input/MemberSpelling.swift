/// What to write in place of a pattern or the name of a member that no file matches.
enum MemberSpelling {
  /// The end of a message on a pattern without a place for the members' names: empty where nothing looks like one.
  static func ofPattern(_ pattern: String, _ request: RecordRequest) -> String {
    let place = /\{[^{}\/]*\}|\$\{?[A-Za-z_]+\}?|%[0-9]*[ds]|<[A-Za-z_]+>/
    guard let found = pattern.firstMatch(of: place) else { return "" }
    if found.0.contains(",") {
      return "; braces are expanded by shells alone: write '*' in place of '\(found.0)', or {member}"
    }
    if found.0.hasPrefix("$"), !found.0.lowercased().contains("member") {
      return "; a shell replaces '\(found.0)' within double quotes alone"
    }
    return "; the place of a member's name is written {member}: '\(pattern.replacing(place, with: "{member}"))'. Names "
      + "keep their zeros: \(request.words.members) EXP_01..EXP_85"
  }

  /// The end of a message on a member that is missing: the names that there are files of, the closest first.
  static func ofName(_ name: String, _ pattern: String) -> String {
    let names = self.names(pattern)
    guard !names.isEmpty else { return "" }
    let closest = namesClosest(to: name, among: names)
    let zeros = withoutZeros(closest[0]) == withoutZeros(name) ? "; ranges keep zeros that the first name has" : ""
    let shown = closest.prefix(4).joined(separator: ", ") + (names.count > 4 ? ", … (\(names.count))" : "")
    return "; there are files of \(shown)\(zeros)"
  }

  /// The names that stand where a pattern has its first place for them, sorted.
  private static func names(_ pattern: String) -> [String] {
    let parts = pattern.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard let number = parts.firstIndex(where: { $0.contains("{member}") }),
      let place = parts[number].firstRange(of: "{member}")
    else { return [] }
    let (before, after) = (parts[number][..<place.lowerBound], parts[number][place.upperBound...])
    // What stands for any characters itself leaves open where a name ends.
    guard !(before + after).contains(where: "*?[{".contains) else { return [] }
    let wanted = (parts[..<number] + [before + "*" + after]).joined(separator: "/")
    let names = paths(matching: wanted).compactMap { $0.split(separator: "/").last }
    return Set(names.map { String($0.dropFirst(before.count).dropLast(after.count)) }).sorted()
  }

  private static func withoutZeros(_ name: String) -> String { name.replacing(/0+([0-9])/) { $0.1 } }
}
