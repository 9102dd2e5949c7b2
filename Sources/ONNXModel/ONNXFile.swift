import SwiftProtobuf

/// Files of ONNX that hold a window network.
public enum ONNXFile {
  /// Bytes of a file at the most: networks of some ten million weights.
  public static let largestSize = 1 << 26

  /// Reads a network from the bytes of a file: those of ``write(_:)``, and exports of such networks by PyTorch and Keras.
  ///
  /// - Throws: what is not so in a window network, with the node's or the tensor's name.
  public static func read(_ bytes: [UInt8]) throws(ONNXError) -> WindowModel {
    guard bytes.count <= largestSize else {
      throw ONNXError("the file has \(bytes.count) bytes; expected at most \(largestSize)")
    }
    var options = BinaryDecodingOptions()
    options.discardUnknownFields = true
    let file: Onnx_ModelProto
    do {
      file = try Onnx_ModelProto(serializedBytes: bytes, options: options)
    } catch {
      throw ONNXError("is no file of ONNX, or is damaged or cut off")
    }
    return try ModelReader.read(file)
  }

  /// The bytes of a file: opset 13, [n, channel, row, column] in, [n, 1] out.
  ///
  /// The same network has the same bytes.
  /// - Throws: where the numbers of the network are not as many as its sizes say, or not finite.
  public static func write(_ model: WindowModel) throws(ONNXError) -> [UInt8] {
    try model.check()
    do {
      return try ModelWriter(model).file.serializedBytes()
    } catch {
      throw ONNXError("the network is too large for a file of ONNX")
    }
  }
}
