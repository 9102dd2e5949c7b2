/// What GDAL keeps of bands as a text in XML (TIFF tag 42112): `<Item name="SCALE" sample="0" role="scale">0.01</Item>`.
struct GDALMetadata {
  private struct Item {
    /// From 0; nil for one of the whole file.
    var sample: Int?
    var role: String
    var text: String
  }

  private var items: [Item] = []

  /// Reads the items that have a role; what is no item is passed over.
  init(_ text: String) {
    var rest = text[...]
    while let start = rest.firstRange(of: "<Item") {
      rest = rest[start.upperBound...]
      guard let end = rest.firstIndex(of: ">") else { return }
      let tag = rest[..<end]
      rest = rest[rest.index(after: end)...]
      guard tag.last != "/", let close = rest.firstRange(of: "</Item>") else { continue }
      let text = rest[..<close.lowerBound]
      rest = rest[close.upperBound...]
      guard let role = Self.attribute("role", of: tag) else { continue }
      items.append(
        Item(sample: Self.attribute("sample", of: tag).flatMap { Int($0) }, role: role, text: Self.plain(text)))
    }
  }

  /// The text of a band's item, bands from 1; nil where there is none.
  func text(_ role: String, band: Int) -> String? { items.first { $0.role == role && $0.sample == band - 1 }?.text }

  private static func attribute(_ name: String, of tag: Substring) -> String? {
    guard let start = tag.firstRange(of: " \(name)=\""), let end = tag[start.upperBound...].firstIndex(of: "\"") else {
      return nil
    }
    return String(tag[start.upperBound..<end])
  }

  private static func plain(_ text: Substring) -> String {
    var plain = String(text)
    for (code, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")] {
      plain = plain.replacing(code, with: character)
    }
    return plain
  }
}
