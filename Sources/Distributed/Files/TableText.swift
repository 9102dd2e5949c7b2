/// The text of bytes as UTF-8, or as Windows-1252 where they are no UTF-8, without blanks around it.
func tableText(_ bytes: some Collection<UInt8>) -> String {
  var text = String(decoding: bytes, as: UTF8.self)
  // Bytes that are no UTF-8 become U+FFFD, which a file holds as well where somebody else replaced them.
  if text.unicodeScalars.contains("\u{fffd}"), !text.utf8.elementsEqual(bytes) {
    text = String(String.UnicodeScalarView(bytes.map(windows1252)))
  }
  let scalars = text.unicodeScalars
  guard let first = scalars.firstIndex(where: { !isBlank($0) }), let last = scalars.lastIndex(where: { !isBlank($0) })
  else { return "" }
  return String(scalars[first...last])
}

private func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" || scalar == "\u{a0}" }

/// The character of a byte in Windows-1252; the five that it leaves open are what they are in Latin-1.
private func windows1252(_ byte: UInt8) -> Unicode.Scalar {
  guard 0x80..<0xa0 ~= byte, let scalar = Unicode.Scalar(windows1252Specials[Int(byte) - 0x80]) else {
    return Unicode.Scalar(byte)
  }
  return scalar
}

/// Characters of the bytes 0x80 … 0x9f.
private let windows1252Specials: [UInt32] = [
  0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d, 0x017d,
  0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,
  0x017e, 0x0178,
]
