/// Names by how much they resemble one that is not among them, the closest first; those that differ in nothing but case before
/// all others.
public func namesClosest(to name: String, among names: [String]) -> [String] {
  // Names of files are short; a long one is compared by its beginning.
  let compared = 64
  let wanted = Array(name.lowercased().utf8.prefix(compared))
  let distances = names.enumerated().map { index, other in
    (editDistance(wanted, Array(other.lowercased().utf8.prefix(compared))), index)
  }
  return distances.sorted { $0 < $1 }.map { names[$0.1] }
}

/// Insertions, removals and replacements that make one text of another (Levenshtein 1966).
private func editDistance(_ one: [UInt8], _ other: [UInt8]) -> Int {
  var row = Array(0...other.count)
  for (index, byte) in one.enumerated() {
    var diagonal = row[0]
    row[0] = index + 1
    for (place, second) in other.enumerated() {
      let replaced = diagonal + (byte == second ? 0 : 1)
      diagonal = row[place + 1]
      row[place + 1] = min(replaced, row[place] + 1, diagonal + 1)
    }
  }
  return row.last ?? 0
}
