import Testing

@testable import Kernels

@Suite struct VapourPressureTests {
  /// Figures of the published polynomials, °C and Pa.
  @Test(arguments: [
    (0.0, 611.213476), (20, 2338.8033), (30, 4246.0313), (100, 101418.643), (-10, 259.90757), (-40, 12.845379),
  ])
  func saturation(temperature: Double, pressure: Double) {
    let found = VapourPressure.saturation(temperature: temperature)
    #expect(abs(found / pressure - 1) < 1e-7)
  }

  @Test func beyondTheTableItsEndsCount() {
    #expect(VapourPressure.saturation(temperature: 150) == VapourPressure.saturation(temperature: 100))
    #expect(VapourPressure.saturation(temperature: -90) == VapourPressure.saturation(temperature: -75))
    #expect(VapourPressure.saturation(temperature: -75) > 0)
    #expect(VapourPressure.saturation(temperature: .nan).isNaN)
  }

  @Test func deficit() {
    let saturation = VapourPressure.saturation(temperature: 25)
    #expect(VapourPressure.deficit(temperature: 25, relativeHumidity: 40) == saturation * 0.6)
    #expect(VapourPressure.deficit(temperature: 25, relativeHumidity: 104) == 0)
    #expect(VapourPressure.deficit(temperature: 25, relativeHumidity: -3) == saturation)
    #expect(VapourPressure.deficit(temperature: 25, relativeHumidity: .nan).isNaN)
    #expect(VapourPressure.deficit(temperature: .nan, relativeHumidity: 40).isNaN)
  }
}
