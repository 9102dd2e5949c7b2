/// The files of a source and the members that they belong to.
struct MemberFiles: Codable, Sendable {
  /// All files, each once.
  var paths: [String]
  /// By member: its files in `paths`.
  ///
  /// One entry where all members share the files.
  var files: [Range<Int>]

  /// Looks for the files of every member.
  ///
  /// - Throws: exit code 66 naming the pattern, and the member, that no file matches.
  static func find(_ request: RecordRequest, members: [String]) throws -> MemberFiles {
    let specification = request.specification
    guard specification.namesMember else {
      let paths = specification.files(member: "")
      guard !paths.isEmpty else {
        var hint = MemberSpelling.ofPattern(specification.pattern, request)
        // A colon is that of another source where an operator has no blanks around it.
        if hint.isEmpty, specification.pattern.contains(":") {
          hint = "; operators stand between blanks: 'a.nc:A - b.nc:B'"
        }
        throw JobError(.noInput, "\(request.words.source): no file matches '\(specification.pattern)'\(hint)")
      }
      return MemberFiles(paths: paths, files: [0..<paths.count])
    }
    guard !members.isEmpty else {
      throw JobError(
        .usage,
        "\(request.words.source) '\(specification.pattern)' holds {member}; name the members with \(request.words.members)"
      )
    }
    var result = MemberFiles(paths: [], files: [])
    for member in members {
      let paths = specification.files(member: member)
      guard !paths.isEmpty else {
        throw JobError(
          .noInput,
          "\(request.words.source): member '\(member)' is missing: no file matches "
            + "'\(specification.pattern.replacing("{member}", with: member))'"
            + MemberSpelling.ofName(member, specification.pattern))
      }
      result.files.append(result.paths.count..<result.paths.count + paths.count)
      result.paths += paths
    }
    return result
  }

  /// The index of each member along the member dimension: by label where the file has labels, else by order.
  ///
  /// - Throws: exit code 65 or 66 where members and the dimension do not agree.
  static func indices(
    of members: [String], _ request: RecordRequest, _ description: FileDescription, path: String, isEnsemble: Bool
  ) throws -> [Int] {
    let count = description.memberCount
    let variable = request.specification.variables[0]
    if request.specification.namesMember || !isEnsemble {
      guard count == 1 else {
        throw JobError(
          .inputData,
          "\(path): variable '\(variable)' has a member dimension of length \(count)"
            + (isEnsemble
              ? " while the pattern names a file for each member" : "; name the members with \(request.words.members)"))
      }
      return members.map { _ in 0 }
    }
    guard description.variables[0].layout.position(.member) != nil else {
      throw JobError(
        .usage,
        "\(request.words.source) '\(request.specification.text)': neither the pattern holds {member} nor has '\(variable)' a "
          + "member dimension")
    }
    if !description.memberLabels.isEmpty {
      return try members.map { member in
        if let index = description.memberLabels.firstIndex(of: member) { return index }
        let found = description.memberLabels.prefix(8).joined(separator: ", ")
        throw JobError(.noInput, "\(path): member '\(member)' is missing: '\(variable)' has \(found)")
      }
    }
    guard count == members.count else {
      throw JobError(
        .inputData,
        "\(path): variable '\(variable)' has \(counted(count, "member")) without names; \(request.words.members) gives \(members.count)"
      )
    }
    return Array(members.indices)
  }
}
