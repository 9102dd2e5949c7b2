/// Vapour pressure of air.
public enum VapourPressure {
  /// Saturation vapour pressure over water at or above 0 °C and over ice below, in Pa.
  ///
  /// Polynomials of the eighth order of Flatau et al. (1992), J. Appl. Meteorol. 31, 1507–1513, table 4, as in CLM.
  ///
  /// - Parameter temperature: °C; taken as −75 or 100 where it is beyond; NaN gives NaN.
  public static func saturation(temperature: Double) -> Double {
    guard !temperature.isNaN else { return .nan }
    let t = min(max(temperature, -75), 100)
    // In hPa; Horner's scheme.
    return 100 * (t >= 0 ? water : ice).reversed().reduce(0) { $0 * t + $1 }
  }

  /// Vapour pressure deficit, in Pa.
  ///
  /// - Parameters:
  ///   - temperature: °C.
  ///   - relativeHumidity: percent; taken as 0 or 100 where it is beyond.
  /// - Returns: NaN where either is.
  public static func deficit(temperature: Double, relativeHumidity: Double) -> Double {
    guard !relativeHumidity.isNaN else { return .nan }
    return saturation(temperature: temperature) * (1 - min(max(relativeHumidity, 0), 100) / 100)
  }

  private static let water = [
    6.11213476, 0.444007856, 0.143064234e-1, 0.264461437e-3, 0.305903558e-5, 0.196237241e-7, 0.892344772e-10,
    -0.373208410e-12, 0.209339997e-15,
  ]
  private static let ice = [
    6.11123516, 0.503109514, 0.188369801e-1, 0.420547422e-3, 0.614396778e-5, 0.602780717e-7, 0.387940929e-9,
    0.149436277e-11, 0.262655803e-14,
  ]
}
