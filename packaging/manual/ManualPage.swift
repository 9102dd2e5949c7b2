/// The manual page of one command, in the macros of man(7).
struct ManualPage {
  let command: CommandDescription
  /// Of which program the command is one: its page and those of its commands are named at the end.
  let program: CommandDescription
  let version: String
  /// Of the release, YYYY-MM-DD.
  let date: String

  /// The file, beginning with the page's own line, ending with a line feed.
  var text: String {
    let heading = [command.page.uppercased(), "1", date, "smt-mpi \(version)", "User Commands"].map { "\"\($0)\"" }
    let lines =
      [
        ".\\\" Made by make-manual from the program's own descriptions of its options.",
        ".TH " + heading.joined(separator: " "),
        // Words are not divided and lines not stretched: names of options and files stay whole.
        ".nh", ".ad l",
      ] + name + synopsis + description + commands + options + exitStatus + seeAlso
    return lines.joined(separator: "\n") + "\n"
  }

  private var name: [String] {
    var abstract = command.abstract ?? ""
    if abstract.hasSuffix(".") { abstract.removeLast() }
    return [".SH NAME", Roff.escaped(command.page) + " \\- " + Roff.escaped(abstract)]
  }

  private var synopsis: [String] {
    var words = [Roff.bold(command.words.joined(separator: " "))]
    if !command.commands.isEmpty { words.append(Roff.italic("COMMAND")) }
    for argument in shown where argument.kind == .positional {
      let value = Roff.italic(argument.valueName ?? "value") + (argument.isRepeating ? " ..." : "")
      words.append(argument.isOptional ? "[" + value + "]" : value)
    }
    words.append("[" + Roff.italic("OPTION") + " ...]")
    return [".SH SYNOPSIS", words.joined(separator: " ")]
  }

  private var description: [String] {
    let paragraphs = [command.abstract, command.discussion].compactMap { $0 }.filter { !$0.isEmpty }
    return [".SH DESCRIPTION"] + Roff.paragraphs(paragraphs.joined(separator: "\n\n"))
  }

  private var commands: [String] {
    guard !command.commands.isEmpty else { return [] }
    return [".SH COMMANDS"]
      + command.commands.flatMap { [".TP", Roff.bold($0.commandName), Roff.escaped($0.abstract ?? "")] }
  }

  private var shown: [ArgumentDescription] { (command.arguments ?? []).filter(\.shouldDisplay) }

  /// Under headings in the order in which they first come, those without one first.
  private var options: [String] {
    let arguments = shown
    guard !arguments.isEmpty else { return [] }
    var titles: [String] = []
    for title in arguments.compactMap(\.sectionTitle) where !titles.contains(title) { titles.append(title) }
    return [".SH OPTIONS"] + arguments.filter { $0.sectionTitle == nil }.flatMap(entry)
      + titles.flatMap { title in
        [".SS " + Roff.escaped(title)] + arguments.filter { $0.sectionTitle == title }.flatMap(entry)
      }
  }

  private func entry(_ argument: ArgumentDescription) -> [String] {
    var head = (argument.names ?? []).map { Roff.bold($0.text) }.joined(separator: ", ")
    if argument.kind != .flag, let value = argument.valueName {
      head += (head.isEmpty ? "" : " ") + Roff.italic(value) + (argument.isRepeating ? " ..." : "")
    }
    var sentences = [argument.abstract, argument.discussion].compactMap { $0 }.filter { !$0.isEmpty }
    if let value = argument.defaultValue { sentences.append("(default: \(value))") }
    return [".TP", head, Roff.escaped(sentences.joined(separator: " "))]
  }

  private var exitStatus: [String] {
    let statuses = [
      (0, "All is done."), (64, "The command line is wrong."), (65, "The input is wrong, or a warning with --strict."),
      (66, "Input is not there."), (69, "MPI or the launcher does not fit."), (70, "An error of the program."),
      (71, "The memory limit is too small."), (73, "Output cannot be written."),
      (75, "Interrupted; the same command goes on."),
    ]
    return [".SH \"EXIT STATUS\""] + statuses.flatMap { [".TP", Roff.bold("\($0)"), Roff.escaped($1)] }
  }

  private var seeAlso: [String] {
    let pages = program.all.map(\.page).filter { $0 != command.page }.sorted()
    let references = pages.map { ".BR " + Roff.escaped($0) + " (1)" }
    return [".SH \"SEE ALSO\""] + references.dropLast().map { $0 + "," } + references.suffix(1)
  }
}
