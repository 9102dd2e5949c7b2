/// What the program says of its commands, as `--experimental-dump-help` prints it.
struct ProgramDescription: Decodable {
  /// The program itself, with its commands.
  let command: CommandDescription
}

/// A command or a group of commands.
struct CommandDescription: Decodable {
  /// Its last word, such as `train`.
  let commandName: String
  /// What it does, in a line.
  let abstract: String?
  /// Paragraphs that follow, with examples as indented lines.
  let discussion: String?
  /// The words before its own, such as `smt-mpi` and `respire`.
  let superCommands: [String]?
  let subcommands: [CommandDescription]?
  let arguments: [ArgumentDescription]?

  /// All its words, such as `smt-mpi respire train`.
  var words: [String] { (superCommands ?? []) + [commandName] }
  /// The name of its page.
  var page: String { words.joined(separator: "-") }
  /// The commands within, without the one that prints help.
  var commands: [CommandDescription] { (subcommands ?? []).filter { $0.commandName != "help" } }
  /// It and all commands within, however deep.
  var all: [CommandDescription] { [self] + commands.flatMap(\.all) }
}

/// An option, a flag or an argument of a command.
struct ArgumentDescription: Decodable {
  enum Kind: String, Decodable {
    case positional, option, flag
  }

  /// One of the names, such as `-h` or `--help`.
  struct Name: Decodable {
    enum Kind: String, Decodable {
      case long, short, longWithSingleDash
    }

    let kind: Kind
    let name: String

    var text: String { (kind == .long ? "--" : "-") + name }
  }

  let kind: Kind
  let shouldDisplay: Bool
  let isOptional: Bool
  let isRepeating: Bool
  /// The heading it stands under; none: that of the options.
  let sectionTitle: String?
  let names: [Name]?
  let valueName: String?
  let defaultValue: String?
  let abstract: String?
  let discussion: String?
}
