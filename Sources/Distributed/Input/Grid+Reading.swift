extension Grid {
  /// Reads the grid that a variable with these dimensions lies on, and marks its horizontal dimensions in `roles`.
  static func read(
    names: [String], shape: [Int], roles: inout [DimensionRole], _ variable: NetCDFFile.Variable, in file: NetCDFFile
  ) throws -> Grid {
    if let row = roles.firstIndex(of: .latitude), let column = roles.firstIndex(of: .longitude),
      let latitude = file.variable(names[row]), let longitude = file.variable(names[column])
    {
      try checkSize([shape[row], shape[column]], variable, in: file)
      var grid = Grid(
        kind: .regular, dimensionNames: [names[row], names[column]], shape: [shape[row], shape[column]],
        latitudeName: names[row], longitudeName: names[column], latitudes: try file.values(latitude),
        longitudes: try file.values(longitude))
      try grid.readBounds(latitude, longitude, in: file)
      try grid.check(variable, in: file)
      return grid
    }
    guard let (latitude, longitude) = auxiliaryCoordinates(of: variable, in: file) else {
      throw JobError(
        .inputData,
        "\(file.path): variable '\(variable.name)(\(names.joined(separator: ", ")))' has no latitudes and longitudes; "
          + "expected coordinate variables with units degrees_north and degrees_east on its dimensions")
    }
    let horizontal = file.dimensionNames(latitude)
    try checkSize(file.shape(latitude), variable, in: file)
    let positions = horizontal.compactMap { names.firstIndex(of: $0) }
    guard Set(positions).count == positions.count else {
      throw JobError(
        .inputData, "\(file.path): '\(latitude.name)' has the dimension '\(horizontal[0])' twice; expected two of them")
    }
    for (index, position) in positions.enumerated() {
      roles[position] = positions.count == 1 ? .cell : index == 0 ? .row : .column
    }
    var grid = Grid(
      kind: horizontal.count == 1 ? .unstructured : .curvilinear, dimensionNames: horizontal,
      shape: file.shape(latitude), latitudeName: latitude.name, longitudeName: longitude.name,
      latitudes: try file.values(latitude), longitudes: try file.values(longitude))
    try grid.readBounds(latitude, longitude, in: file)
    try grid.check(variable, in: file)
    return grid
  }

  /// Latitude and longitude variables on one or two dimensions of `variable`: those that its `coordinates` attribute
  /// names come first.
  private static func auxiliaryCoordinates(
    of variable: NetCDFFile.Variable, in file: NetCDFFile
  ) -> (NetCDFFile.Variable, NetCDFFile.Variable)? {
    let named = (file.text("coordinates", of: variable) ?? "").split(separator: " ").compactMap {
      file.variable(String($0))
    }
    let own = Set(variable.dimensions)
    let candidates = (named + file.variables).filter {
      (1...2).contains($0.dimensions.count) && own.isSuperset(of: $0.dimensions) && $0.type != .character
        && $0.type != .string
    }
    for latitude in candidates where DimensionRole.isLatitude(latitude, in: file) {
      let longitude = candidates.first {
        $0.dimensions == latitude.dimensions && DimensionRole.isLongitude($0, in: file)
      }
      if let longitude { return (latitude, longitude) }
    }
    return nil
  }

  private mutating func readBounds(
    _ latitude: NetCDFFile.Variable, _ longitude: NetCDFFile.Variable, in file: NetCDFFile
  ) throws {
    func bounds(_ coordinate: NetCDFFile.Variable) throws -> [Double] {
      guard let name = file.text("bounds", of: coordinate), let bounds = file.variable(name),
        file.shape(bounds).count == coordinate.dimensions.count + 1,
        Array(bounds.dimensions.dropLast()) == coordinate.dimensions
      else { return [] }
      let values = try file.values(bounds)
      return values.allSatisfy { abs($0) <= 1000 } ? values : []
    }
    let pair = (try bounds(latitude), try bounds(longitude))
    // One without the other is of no use.
    if !pair.0.isEmpty, !pair.1.isEmpty { (latitudeBounds, longitudeBounds) = pair }
  }

  private static func checkSize(_ shape: [Int], _ variable: NetCDFFile.Variable, in file: NetCDFFile) throws {
    guard InputLimit.product(shape, atMost: InputLimit.cells) != nil else {
      throw JobError(
        .inputData,
        "\(file.path): variable '\(variable.name)' has \(NetCDFFile.text(shape)) cells; expected "
          + "\(InputLimit.cells) at most")
    }
  }

  private func check(_ variable: NetCDFFile.Variable, in file: NetCDFFile) throws {
    let (rows, columns) = kind == .regular ? (shape[0], shape[1]) : (cellCount, cellCount)
    guard latitudes.count == rows, longitudes.count == columns else {
      throw JobError(
        .inputData,
        "\(file.path): '\(latitudeName)' and '\(longitudeName)' have \(latitudes.count) and \(longitudes.count) "
          + "values; expected \(rows) and \(columns), as the dimensions of '\(variable.name)' are long")
    }
    let isSane = { (value: Double, limit: Double) in abs(value) <= limit }
    // Curvilinear grids mark cells without a place (land of ocean grids) by fill values.
    guard
      kind == .curvilinear || latitudes.allSatisfy({ isSane($0, 90.001) }) && longitudes.allSatisfy({ isSane($0, 720) })
    else {
      throw JobError(
        .inputData,
        "\(file.path): '\(latitudeName)' or '\(longitudeName)', the coordinates of '\(variable.name)', hold values "
          + "that are no degrees; expected latitudes within ±90 and longitudes within ±360")
    }
    guard cellCount > 0 else {
      throw JobError(.inputData, "\(file.path): variable '\(variable.name)' has a horizontal dimension of length 0")
    }
  }
}
