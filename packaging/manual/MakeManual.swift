import BuildVersion
import Foundation

/// Writes a manual page of each command into a folder.
///
/// It is used as `smt-mpi --experimental-dump-help | make-manual FOLDER YYYY-MM-DD`, the date being that of the release.
/// The plugin of swift-argument-parser would build everything a second time, and its pages lack default values, the headings
/// of options and whatever is not ASCII.
@main
struct MakeManual {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3 else {
      FileHandle.standardError.write(Data("usage: smt-mpi --experimental-dump-help | make-manual FOLDER DATE\n".utf8))
      exit(64)
    }
    let description = try JSONDecoder().decode(
      ProgramDescription.self, from: FileHandle.standardInput.readDataToEndOfFile())
    let folder = URL(fileURLWithPath: arguments[1], isDirectory: true)
    for command in description.command.all {
      let page = ManualPage(
        command: command, program: description.command, version: Build.version, date: arguments[2])
      try Data(page.text.utf8).write(to: folder.appendingPathComponent("\(command.page).1"))
    }
  }
}
