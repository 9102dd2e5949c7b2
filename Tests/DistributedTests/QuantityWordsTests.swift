import Testing

@testable import Distributed

/// What sources are called in titles.
@Suite struct QuantityWordsTests {
  private func words(_ source: String, _ longNames: [String]) throws -> String {
    try SourceSpecification(source).words(longNames)
  }

  @Test func variablesByTheirLongNames() throws {
    #expect(try words("x.nc:a", ["Latent heat"]) == "Latent heat")
    #expect(try words("x.nc:a+b", ["Latent heat", "Sensible heat"]) == "Latent heat + Sensible heat")
    #expect(try words("x.nc:spei[scale=12]@month=7", ["drought index"]) == "drought index, scale 12, month 7")
    // Layers by what their names have in common, where that is a word.
    let layers = ["0-10", "10-40", "100-200"].map { "Soil moisture content (\($0) cm underground)" }
    #expect(try words("x.nc:a,b,c", layers) == "Soil moisture content")
    #expect(try words("x.nc:a,b", ["Soil water content top", "Soil water content deep"]) == "Soil water content")
    #expect(try words("x.nc:a,b", ["Soil water content", "Soil water contour"]) == "Soil water")
    #expect(try words("x.nc:a,b", ["soil water of layer 1", "soil water of layer 2"]) == "soil water")
    #expect(try words("x.nc:a,b", ["soil water", "soil wetness"]) == "soil")
    #expect(try words("x.nc:sm1,sm2", ["sm1", "sm2"]) == "sm1, sm2")
    #expect(try words("x.nc:a,b", ["upper", "lower"]) == "a, b")
  }

  @Test func joinedSourcesByWhatJoinsThem() throws {
    func words(_ text: String, _ names: [String]) throws -> String {
      try SourceExpression(
        text,
        functions: [
          SourceFunction("vpd", arguments: ["t", "h"], longName: "deficit") { _ in
            SourceFunction.Joint(units: "Pa") { _, _ in }
          }
        ]
      ).words(names)
    }
    #expect(try words("x.nc:a / (x.nc:a + y.nc:b)", ["water", "heat"]) == "water / (water + heat)")
    #expect(try words("vpd(x.nc:t; x.nc:h)", ["temperature", "humidity"]) == "deficit")
    // Where long names make no title, those of variables stand for them.
    let long = String(repeating: "long name ", count: 6)
    #expect(try words("x.nc:a - y.nc:b", [long, long]) == "a - b")
  }
}
