import ArgumentParser
import Distributed

/// How a map of classes, fractions or continuous values comes from another grid.
enum ClassMethod: String, CaseIterable, ExpressibleByArgument {
  /// The class of the greatest area
  case majority
  /// The value of the nearest cell
  case nearest
}

/// Which cells are summed up together, and what is told of them: options of all commands that know classes.
struct ClassOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Map of whole numbers, each a class of cells; several maps make several tables. Without any classes the globe is one.
      """, valueName: "FILE:VAR"), completion: .file())
  var classes: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      Groups of the classes of --classes, one such list for each map in their order ('' for none); \
      e.g. 'forest=1-5,shrubland=6-9+11'.
      """, valueName: "name=ids,…"))
  var groups: [String] = []

  @Option(
    help: ArgumentHelp(
      "Map of the fractions of a cell that types have, with a dimension of types: weights of the cells.",
      valueName: "FILE:VAR"), completion: .file())
  var fractions: String?

  @Option(
    help: ArgumentHelp(
      "Types of --fractions, by their coordinate, else counted from 0; e.g. 1-14 or 1-8,10. Default: all.",
      valueName: "numbers"))
  var types: String?

  @Option(
    help: ArgumentHelp(
      "In place of weights: a type's class is every cell where its fraction is above this, 0 to 1.",
      valueName: "fraction"))
  var presence: Double?

  @Option(
    help: ArgumentHelp(
      """
      Classes by the values of a map, between edges: first:last:width, or the edges; e.g. soil.nc:clay@0:60:5 or \
      soil.nc:clay@0,10,25,60.
      """, valueName: "FILE:VAR@edges"), completion: .file())
  var bins: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Bands of latitude, degrees, which may overlap; e.g. 'globe,30:90,tropics=-30:30'.", valueName: "S:N,…"))
  var bands: String?

  @Option(
    help: ArgumentHelp(
      """
      How classes on another grid are brought over: majority (of area) or nearest, which then holds for fractions and \
      bins too (otherwise area means, and bilinear). Default: majority.
      """, valueName: "method"))
  var classMethod: ClassMethod?

  @Option(
    help: ArgumentHelp("Leave classes out whose cells with a value have less area than this.", valueName: "km2"))
  var minimumArea = 0.0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Add the shares of cells above these values; e.g. 70 or 50,70.", valueName: "value,…"))
  var above: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Add the shares of cells below these values; e.g. -2.", valueName: "value,…"))
  var below: String?

  @Option(help: ArgumentHelp("Leave out values of a larger magnitude; e.g. 10.", valueName: "value"))
  var limit: Double?
}
