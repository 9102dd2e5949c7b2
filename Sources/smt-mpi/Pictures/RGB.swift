import Foundation

/// A colour of the screen (sRGB, 8 bits a channel).
struct RGB: Hashable, Sendable {
  let red: UInt8
  let green: UInt8
  let blue: UInt8

  /// The colour `0xrrggbb`.
  init(_ hexadecimal: UInt32) {
    red = UInt8(truncatingIfNeeded: hexadecimal >> 16)
    green = UInt8(truncatingIfNeeded: hexadecimal >> 8)
    blue = UInt8(truncatingIfNeeded: hexadecimal)
  }

  /// The colour as pages write it: `#rrggbb`.
  var text: String { String(format: "#%02x%02x%02x", red, green, blue) }

  /// Intensities of light from 0 to 1 in place of the channels, which follow the eye's curve (IEC 61966-2-1).
  var linear: SIMD3<Double> {
    func light(_ channel: UInt8) -> Double {
      let value = Double(channel) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    return SIMD3(light(red), light(green), light(blue))
  }

  /// Lightness, green to red and blue to yellow in OKLab, where equal distances look alike.
  ///
  /// After B. Ottosson (2020), <https://bottosson.github.io/posts/oklab>, whose numbers are in the public domain.
  var perceived: SIMD3<Double> {
    let light = linear
    func cone(_ red: Double, _ green: Double, _ blue: Double) -> Double {
      cbrt(red * light.x + green * light.y + blue * light.z)
    }
    let long = cone(0.4122214708, 0.5363325363, 0.0514459929)
    let medium = cone(0.2119034982, 0.6806995451, 0.1073969566)
    let short = cone(0.0883024619, 0.2817188376, 0.6299787005)
    return SIMD3(
      0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
      1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
      0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short)
  }

  /// The colour of this lightness (0 to 1), chroma (0 grey, to some 0.3) and hue (degrees) in OKLab; where the screen
  /// has no such colour, the one of the largest chroma that it has.
  init(lightness: Double, chroma: Double, hue: Double) {
    var (possible, tried) = (0.0, chroma)
    var light = Self.light(lightness, chroma, hue)
    if !Self.isOnScreen(light) {
      var excessive = chroma
      for _ in 0..<20 {
        tried = (possible + excessive) / 2
        if Self.isOnScreen(Self.light(lightness, tried, hue)) { possible = tried } else { excessive = tried }
      }
      light = Self.light(lightness, possible, hue)
    }
    func channel(_ light: Double) -> UInt8 {
      let value = light <= 0.0031308 ? 12.92 * light : 1.055 * pow(light, 1 / 2.4) - 0.055
      return UInt8((255 * min(1, max(0, value))).rounded())
    }
    (red, green, blue) = (channel(light.x), channel(light.y), channel(light.z))
  }

  private static func isOnScreen(_ light: SIMD3<Double>) -> Bool {
    light.min() >= -1e-4 && light.max() <= 1 + 1e-4
  }

  private static func light(_ lightness: Double, _ chroma: Double, _ hue: Double) -> SIMD3<Double> {
    let (a, b) = (chroma * cos(hue * .pi / 180), chroma * sin(hue * .pi / 180))
    func cube(_ a: Double, _ b: Double) -> Double { pow(lightness + a + b, 3) }
    let long = cube(0.3963377774 * a, 0.2158037573 * b)
    let medium = cube(-0.1055613458 * a, -0.0638541728 * b)
    let short = cube(-0.0894841775 * a, -1.2914855480 * b)
    return SIMD3(
      4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
      -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
      -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short)
  }

  /// How different two colours look; 0.02 is just seen where they touch.
  func difference(from other: RGB) -> Double {
    let apart = perceived - other.perceived
    return (apart * apart).sum().squareRoot()
  }
}
