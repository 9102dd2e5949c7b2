import Distributed
import Kernels
import ONNXModel

/// A network of windows in a file of ONNX, with what the file says of it.
///
/// `respire train` writes such files; those of others are read where their networks are of the same kind (docs/models.md).
@dynamicMemberLookup
struct ModelFile {
  /// Where it lies.
  let path: String
  /// With the moments of its predictors and the limits of its output.
  let network: WindowNetwork
  /// Names, units, ranges and options.
  let description: ModelDescription

  /// Reads a file.
  ///
  /// - Throws: exit code 66 where there is none; 65 where it is no network of this kind, names the node; 71 where there is no
  ///   memory for it.
  init(_ path: String) throws {
    let bytes = try BinaryFile.read(path, what: "the model", limit: ONNXFile.largestSize)
    let model: WindowModel
    do { model = try ONNXFile.read(bytes) } catch { throw JobError(.inputData, "\(path): \(error.message)") }
    if let refusal = WindowNetworkShape.refusal(
      channels: model.channels, window: model.window, filters: model.filters)
    {
      throw JobError(.inputData, "\(path): \(refusal)")
    }
    self.path = path
    network = WindowNetwork(
      shape: WindowNetworkShape(channels: model.channels, window: model.window, filters: model.filters),
      parameters: model.parameters, means: model.offsets, deviations: model.scales, lowest: model.lowest,
      highest: model.highest)
    description = try ModelDescription(model.metadata, channels: model.channels, path: path)
  }

  /// What the file says, by name.
  subscript<Value>(dynamicMember path: KeyPath<ModelDescription, Value>) -> Value { description[keyPath: path] }

  /// Writes a network, under a temporary name that is changed when the file is complete.
  ///
  /// - Throws: exit code 73 where it cannot be written; 70 where the network holds what is no finite number.
  static func write(_ network: WindowNetwork, _ description: ModelDescription, to path: String) throws {
    let bytes: [UInt8]
    do {
      let shape = network.shape
      let model = try WindowModel(
        channels: shape.channels, window: shape.window, filters: shape.filters, parameters: network.parameters,
        offsets: network.means, scales: network.deviations, lowest: network.lowest, highest: network.highest,
        metadata: description.metadata())
      bytes = try ONNXFile.write(model)
    } catch {
      throw JobError(.internal, "\(path): the network cannot be written: \(error)")
    }
    try BinaryFile.write(bytes, to: path)
  }
}
