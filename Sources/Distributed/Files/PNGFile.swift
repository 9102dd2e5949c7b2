import CMPIShim

/// Pictures that are written as PNG.
public enum PNGFile {
  /// Pixels of a picture's width and height at the most.
  public static let largestSide = 1 << 14

  /// Writes a picture.
  ///
  /// - Parameters:
  ///   - pixels: red, green and blue of each, row by row from the top; `3 * width * height` of them.
  ///   - width: 1 to ``largestSide``, as the height.
  /// - Throws: exit code 73 where it cannot be written.
  public static func write(_ pixels: [UInt8], width: Int, height: Int, to path: String) throws {
    precondition((1...largestSide).contains(width) && (1...largestSide).contains(height), "a side of a picture")
    precondition(pixels.count == 3 * width * height, "three channels for each pixel")
    var message = [CChar](repeating: 0, count: 256)
    var size = 0
    guard let encoded = shim_png_encode(pixels, UInt32(width), UInt32(height), &size, &message, message.count) else {
      let reason = String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      throw JobError(.cannotWrite, "\(path): the picture cannot be encoded: \(reason)")
    }
    defer { shim_png_free(encoded) }
    try OutputFile.write(UnsafeRawBufferPointer(start: encoded, count: size), to: path)
  }
}
