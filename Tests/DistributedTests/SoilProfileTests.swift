import TestSupport
import Testing

@testable import Distributed

/// Layers of soil and how they make one field.
@MainActor @Suite struct SoilProfileTests {
  /// The profile of a variable with these levels, or of several variables without.
  private func profile(
    _ variables: String, units: String = "mm3/mm3", levels: TestLevels? = nil, depth: ClosedRange<Double>? = nil,
    edges: [Double] = []
  ) throws -> (profile: Profile, warning: String?) {
    try withTemporaryFolder { folder in
      let specification = try SourceSpecification("\(folder)/REF.nc:\(variables)")
      let fields = specification.variables.map { TestField($0, units: units, hasLevels: levels != nil) { _ in 1 } }
      var ensemble = TestEnsemble(
        grid: .regular(rows: 1, columns: 2), time: TestTime(from: Month(year: 2004, month: 1), count: 1),
        fields: fields,
        members: ["REF"])
      ensemble.levels = levels
      try ensemble.write(to: folder)
      let header = try FileDescription.read(try NetCDFFile("\(folder)/REF.nc"), variables: specification.variables)
      let request = SourceRequest(
        name: "moisture", specification: specification, depth: depth, layerEdges: edges, addsUp: { $0 == "kg m-2" })
      let made = try ProfileMaker(request.records[0], header.description, path: "REF.nc").make()
      #expect(made.fields.count == 1)
      return (made.fields[0], made.warning)
    }
  }

  @Test func clm5ToThreeMetres() throws {
    let (profile, warning) = try profile("H2OSOI", levels: TestLevels(nodes: SoilLayers.clm5Nodes), depth: 0...3)
    #expect(warning == nil)
    #expect(profile.isMean)
    let part = try #require(profile.parts.first)
    #expect(part.firstLevel == 0)
    #expect(part.weights.count == 14)
    #expect(abs(part.weights.reduce(0, +) - 3) < 1e-12)
    #expect(abs(part.weights[13] - 0.28) < 1e-12)
    for (weight, thickness) in zip(part.weights.prefix(13), SoilLayers.clm5Thicknesses) {
      #expect(abs(weight - thickness) < 1e-12)
    }
  }

  @Test func clm5Tables() {
    #expect(SoilLayers.clm5Thicknesses.count == 20 && SoilLayers.clm5Nodes.count == 20)
    // Nodes lie in the middle of their layers, to the two decimals of the table.
    let edges = SoilLayers.edges(thicknesses: SoilLayers.clm5Thicknesses)
    for (index, node) in SoilLayers.clm5Nodes.enumerated() {
      #expect(abs((edges[index] + edges[index + 1]) / 2 - node) < 0.011, "layer \(index + 1)")
    }
    #expect(abs((edges.last ?? 0) - 8.6) < 0.011)
  }

  @Test func deeperRangesBeginWithinALayer() throws {
    let levels = TestLevels(nodes: [0.05, 0.25, 0.7], edges: [0, 0.1, 0.4, 1])
    let part = try #require(try profile("SM", levels: levels, depth: 0.2...0.5).profile.parts.first)
    #expect(part.firstLevel == 1)
    #expect(part.weights.count == 2)
    #expect(abs(part.weights[0] - 0.2) < 1e-12 && abs(part.weights[1] - 0.1) < 1e-12)
    let whole = try #require(try profile("SM", levels: levels).profile.parts.first)
    #expect(zip(whole.weights, [0.1, 0.3, 0.6]).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func amountsAddUpAndFractionsAreAveraged() throws {
    let levels = TestLevels(nodes: [0.05, 0.25, 0.7], edges: [0, 0.1, 0.4, 1])
    let amount = try profile("SM", units: "kg m-2", levels: levels, depth: 0...0.25).profile
    #expect(!amount.isMean)
    #expect(zip(amount.parts[0].weights, [1, 0.5]).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func midPointsCarryAWarning() throws {
    let (profile, warning) = try profile("SM", levels: TestLevels(nodes: [0.1, 0.3, 0.9]))
    #expect(warning?.contains("mid-points") == true)
    #expect(zip(profile.parts[0].weights, [0.2, 0.4, 0.6]).allSatisfy { abs($0 - $1) < 1e-12 })
    let given = try self.profile("SM", levels: TestLevels(nodes: [0.1, 0.3, 0.9]), edges: [0, 0.1, 0.5, 2])
    #expect(given.warning == nil)
    #expect(zip(given.profile.parts[0].weights, [0.1, 0.4, 1.5]).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func namesTellLayers() throws {
    let gldas = ["SoilMoi0_10cm_inst", "SoilMoi10_40cm_inst", "SoilMoi40_100cm_inst", "SoilMoi100_200cm_inst"]
    #expect(SoilLayers.edges(variableNames: gldas) == [0, 0.1, 0.4, 1, 2])
    #expect(SoilLayers.edges(variableNames: ["swvl1", "swvl2", "swvl3", "swvl4"]) == [0, 0.07, 0.28, 1, 2.89])
    #expect(SoilLayers.edges(variableNames: ["swvl1", "swvl3"]) == nil)
    #expect(SoilLayers.edges(variableNames: ["top", "deep"]) == nil)
    let stacked = try profile(gldas.joined(separator: ","), units: "kg m-2", depth: 0...0.7).profile
    #expect(stacked.parts.map(\.variable) == [0, 1, 2])
    #expect(zip(stacked.parts.flatMap(\.weights), [1, 1, 0.5]).allSatisfy { abs($0 - $1) < 1e-12 })
    let volumetric = try profile("swvl1,swvl2", units: "m3 m-3").profile
    #expect(volumetric.isMean)
    #expect(zip(volumetric.parts.flatMap(\.weights), [0.07, 0.21]).allSatisfy { abs($0 - $1) < 1e-12 })
    let sum = try profile("A+B").profile
    #expect(sum == Profile(parts: [0, 1].map { .init(variable: $0, firstLevel: 0, weights: [1]) }, isMean: false))
  }

  @Test func refusesWhatIsNotKnown() throws {
    let levels = TestLevels(nodes: [0.05, 0.25, 0.7], edges: [0, 0.1, 0.4, 1])
    func code(_ body: () throws -> Void) -> ExitCode? {
      do {
        try body()
        return nil
      } catch { return (error as? JobError)?.exitCode }
    }
    #expect(code { _ = try profile("SM", levels: levels, depth: 0...2) } == .usage)
    #expect(code { _ = try profile("SM", levels: levels, depth: 2...3) } == .usage)
    #expect(code { _ = try profile("SM", levels: levels, edges: [0, 1]) } == .usage)
    #expect(code { _ = try profile("top,deep") } == .usage)
    #expect(code { _ = try profile("A,B", levels: levels, edges: [0, 1, 2]) } == .inputData)
  }
}
