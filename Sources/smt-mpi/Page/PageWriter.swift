import Distributed
import Foundation

/// A page in one file: its data, the script that draws them, and nothing that has to be fetched.
struct PageWriter {
  let page: PageData
  /// By map, as `PageMaps.data`.
  let data: [String]

  /// Writes the page.
  ///
  /// - Throws: exit code 73 where it cannot be written.
  func write(to path: String) throws { try TextFile.write(try text(), to: path) }

  private func text() throws -> String {
    let json = try Self.json(page)
    // A new nonce for each page: text from files cannot guess it, so that no script but the page's own runs.
    let mark = String(Checksum.of(json + "\(UInt64.random(in: .min ... .max))"), radix: 16)
    let values = data.enumerated().map { number, text in
      "<script type=\"application/octet-stream\" id=\"data-\(number)\">\(text)</script>\n"
    }
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-\(mark)'; \
      style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="generator" content="\(page.program)">
      <title>\(page.title.xml)</title>
      <style>
      \(PageAssets.style)</style>
      </head>
      <body>
      <main></main>
      <noscript>This page draws maps and needs JavaScript.</noscript>
      <script type="application/json" id="page">\(json)</script>
      \(values.joined())<script nonce="\(mark)">
      \(PageAssets.script)</script>
      </body>
      </html>

      """
  }

  /// The data as JSON without `<`, which could end the element that they stand in.
  private static func json(_ page: PageData) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Sums of very large values may be infinite.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(page), as: UTF8.self).replacing("<", with: "\\u003c")
  }
}
