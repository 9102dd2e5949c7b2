import Distributed
import Foundation
import Kernels
import TestSupport
import Testing

@testable import smt_mpi

/// Networks with what is said of them, through files.
@MainActor @Suite struct ModelFileTests {
  private func network(channels: Int = 2, lowest: Float = 0) -> WindowNetwork {
    let shape = WindowNetworkShape(channels: channels, window: 3, filters: [4, 3])
    func wiggle(_ index: Int) -> Float { Float((index * 7919 + 13) % 997) / 997 - 0.47 }
    return WindowNetwork(
      shape: shape, parameters: (0..<shape.parameterCount).map(wiggle), means: (0..<channels).map { 10 * wiggle($0) },
      deviations: (0..<channels).map { 1 + wiggle($0 + 5) }, lowest: lowest)
  }

  private let description = ModelDescription(
    predictorNames: ["MAT", "SPEI/24 \"ä\""], predictorUnits: ["degC", "1"], statistics: ["mean", "month=12"],
    lowest: [-12.345678, .leastNonzeroMagnitude], highest: [0.1, .greatestFiniteMagnitude],
    target: ModelDescription.Target(name: "RECO", units: "kg m-2 year-1"), experiment: "CNN5", split: "cluster",
    edge: "centre")

  @Test func everyBitAndWordComesBack() throws {
    try withTemporaryFolder { folder in
      for lowest in [0, -.infinity, 0.25] as [Float] {
        try ModelFile.write(network(lowest: lowest), description, to: "\(folder)/m.onnx")
        let file = try ModelFile("\(folder)/m.onnx")
        #expect(file.network == network(lowest: lowest))
        #expect(file.description == description)
        #expect(file.predictorNames == ["MAT", "SPEI/24 \"ä\""])
      }
      // Nothing else is left, and nothing is made up.
      #expect(contents(of: folder) == ["m.onnx"])
      try ModelFile.write(network(), ModelDescription(), to: "\(folder)/n.onnx")
      #expect(try ModelFile("\(folder)/n.onnx").description == ModelDescription())
    }
  }

  @Test func filesThatAreNoneEndWithTheirName() throws {
    try withTemporaryFolder { folder in
      func refusal(_ name: String) -> (ExitCode?, String) {
        do { _ = try ModelFile("\(folder)/\(name)") } catch let error as JobError {
          #expect(error.message.hasPrefix("\(folder)/\(name): "))
          return (error.exitCode, error.message)
        } catch { return (nil, "\(error)") }
        return (nil, "none")
      }
      #expect(refusal("none.onnx").0 == .noInput)
      try FileManager.default.createDirectory(atPath: "\(folder)/folder.onnx", withIntermediateDirectories: true)
      #expect(refusal("folder.onnx").0 == .noInput)
      try writeText("", to: "\(folder)/empty.onnx")
      #expect(
        refusal("empty.onnx") == (.inputData, "\(folder)/empty.onnx: the model has 0 bytes; expected 1 to 67108864"))
      try writeText("site,year\n", to: "\(folder)/text.onnx")
      #expect(refusal("text.onnx").1.contains("no file of ONNX"))
      try ModelFile.write(network(), description, to: "\(folder)/cut.onnx")
      try truncate("\(folder)/cut.onnx", toShare: 0.5)
      #expect(refusal("cut.onnx").1.contains("damaged or cut off"))
      // Larger than any network, without taking the room.
      _ = FileManager.default.createFile(atPath: "\(folder)/large.onnx", contents: nil)
      try FileHandle(forWritingTo: URL(fileURLWithPath: "\(folder)/large.onnx")).truncate(atOffset: 1 << 40)
      #expect(refusal("large.onnx").1.contains("the model has 1099511627776 bytes"))
    }
  }

  @Test func metadataThatDoNotFitAreRefused() throws {
    func refusal(_ metadata: [String: String]) -> String {
      do { _ = try ModelDescription(metadata, channels: 2, path: "m.onnx") } catch let error as JobError {
        return error.exitCode == .inputData ? error.message : "\(error.exitCode)"
      } catch { return "\(error)" }
      return ""
    }
    #expect(refusal(["predictor_names": "[\"a\"]", "x": "y"]).contains("has 1 entries; the network has 2 channels"))
    #expect(refusal(["predictor_units": "degC"]).contains("expected units as an array of JSON, found 'degC'"))
    #expect(refusal(["predictor_minima": "[\"1\",\"2\"]"]).contains("expected numbers"))
    #expect(refusal(["predictor_names": "[\"a\",\"a\"]"]).contains("expected a name for each channel, each once"))
    #expect(refusal(["predictor_names": "[\"a\",\"\"]"]).contains("expected a name for each channel"))
    #expect(refusal(["predictor_names": "[\"a\",\"b\\n\"]"]).contains("expected a name for each channel"))
    #expect(
      refusal(["predictor_minima": "[1,2]", "predictor_maxima": "[1,1.5]"])
        == "m.onnx: metadata: channel 2 has a range from 2.0 to 1.5, which is nothing")
    #expect(refusal(["predictor_minima": "[1,2]", "edge": "any"]) == "")
  }

  @Test func whatIsNoNetworkIsNotWritten() throws {
    try withTemporaryFolder { folder in
      var wrong = network()
      wrong.parameters[3] = .nan
      #expect(throws: JobError.self) { try ModelFile.write(wrong, description, to: "\(folder)/m.onnx") }
      #expect(throws: JobError.self) { try ModelFile.write(network(), description, to: "\(folder)/none/m.onnx") }
      #expect(contents(of: folder).isEmpty)
    }
  }
}
