import Distributed

/// A quantity that station files hold, under one of several names.
struct SiteQuantity: Hashable, Sendable {
  /// What a day's value is made of half-hourly ones, and a year's of those of days or months.
  enum Kind: Sendable {
    /// A mean: of half-hours, days and months.
    case mean
    /// A sum over half-hours and over the year; days of a month have their mean.
    case sum
    /// A flux of CO₂: µmol m⁻² s⁻¹ in half-hours, g C m⁻² d⁻¹ in days and months, kg C m⁻² in a year.
    case carbon
  }

  /// What the user calls it.
  let name: String
  /// The names of its column, the preferred one first.
  let columns: [String]

  /// Names of FLUXNET2015, ICOS and AmeriFlux.
  private static let known: [String: [String]] = [
    "SWC": ["SWC_F_MDS_1", "SWC_1", "SWC_1_1_1", "SWC_PI_1", "SWC_PI_F_1_1_1", "SWC"],
    "LE": ["LE_F_MDS", "LE_F", "LE_PI_F", "LE", "LE_PI", "LE_1_1_1"],
    "H": ["H_F_MDS", "H_F", "H_PI_F", "H", "H_PI", "H_1_1_1"],
    "TA": ["TA_F", "TA_F_MDS", "TA_PI_F", "TA", "TA_1_1_1"],
    "SW_IN": ["SW_IN_F", "SW_IN_F_MDS", "SW_IN_PI_F", "SW_IN", "SW_IN_1_1_1"],
    "P": ["P_F", "P_PI_F", "P", "P_1_1_1"],
    "VPD": ["VPD_F", "VPD_F_MDS", "VPD_PI_F", "VPD", "VPD_PI", "VPD_1_1_1"],
    "NETRAD": ["NETRAD", "NETRAD_PI_F", "NETRAD_1_1_1"],
    "GPP": partitioned("GPP"),
    "RECO": partitioned("RECO"),
    "NEE": ["NEE_VUT_REF", "NEE_CUT_REF", "NEE_PI_F", "NEE_PI", "NEE"],
  ]

  private static func partitioned(_ flux: String) -> [String] {
    ["NT_VUT_REF", "NT_CUT_REF", "DT_VUT_REF", "DT_CUT_REF", "PI_F", "PI"].map { "\(flux)_\($0)" } + [flux]
  }

  /// A quantity by its common name (`SWC`, `LE`, `H`, `TA`, `SW_IN`, `P`, `VPD`, `NETRAD`, `GPP`, `RECO`, `NEE`), or by the
  /// name of its column.
  init(_ name: String) {
    self.name = name
    columns = Self.known[name] ?? [name]
  }

  /// The place of its column in a table; nil where there is none.
  ///
  /// - Throws: exit code 65 where there are several of the name.
  func position(in table: TableReader) throws -> Int? {
    try columns.first { table.position($0) != nil }.map(table.column)
  }

  /// The place of the column with the quality of another: of its name with `_QC`; of GPP and RECO, that of the NEE that they
  /// are made of.
  static func quality(of column: String, in table: TableReader) throws -> Int? {
    var names = [column + "_QC"]
    for part in ["GPP_NT_", "GPP_DT_", "RECO_NT_", "RECO_DT_"] where column.hasPrefix(part) {
      names.append("NEE_" + column.dropFirst(part.count) + "_QC")
    }
    return try names.first { table.position($0) != nil }.map(table.column)
  }

  /// The kind of a column, by its name.
  static func kind(of column: String) -> Kind {
    func isOf(_ family: String) -> Bool { column == family || column.hasPrefix(family + "_") }
    if ["GPP", "RECO", "NEE", "FC"].contains(where: isOf) { return .carbon }
    return isOf("P") ? .sum : .mean
  }

  /// Whether a column has soil moisture by its name, which is in %.
  static func isMoisture(_ column: String) -> Bool { column == "SWC" || column.hasPrefix("SWC_") }

  /// The units of a column's values in a day, by its name; empty where they are not known.
  static func units(of column: String) -> String {
    switch kind(of: column) {
    case .carbon: "g m-2 d-1"
    case .sum: "mm d-1"
    case .mean:
      [
        ("TA", "degC"), ("TS", "degC"), ("SWC", "%"), ("VPD", "hPa"), ("LE", "W m-2"), ("H", "W m-2"), ("G", "W m-2"),
        ("NETRAD", "W m-2"), ("SW", "W m-2"), ("LW", "W m-2"), ("WS", "m s-1"), ("PA", "kPa"), ("RH", "%"),
      ].first { column == $0.0 || column.hasPrefix($0.0 + "_") }?.1 ?? ""
    }
  }
}
