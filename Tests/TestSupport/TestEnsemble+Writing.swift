import Distributed

extension TestEnsemble {
  /// What is written once the header is complete.
  private typealias Content = () throws -> Void

  /// Writes one file.
  func write(_ part: Part, to path: String) throws {
    let writer = try NetCDFWriter(path, format: storage.format)
    var contents = [Content]()
    var isContiguous = false
    if case .contiguous = storage.chunks { isContiguous = true }

    let timeDimension = try writer.dimension("time", part.months.count, unlimited: !isContiguous)
    contents += try defineTime(part.months, on: timeDimension, in: writer)
    let (horizontal, gridContents) = try defineGrid(in: writer)
    contents += gridContents
    contents += try defineLandAreas(on: horizontal, in: writer)
    var memberDimension: NetCDFWriter.Dimension?
    if case .memberDimension(let labels) = layout {
      let dimension = try writer.dimension("member", part.members.count)
      contents += try defineMembers(part.members, labels, on: dimension, in: writer)
      memberDimension = dimension
    }
    var levelDimension: NetCDFWriter.Dimension?
    if let levels, part.fields.contains(where: \.hasLevels) {
      let dimension = try writer.dimension(levels.name, levels.nodes.count)
      contents += try defineLevels(levels, on: dimension, in: writer)
      levelDimension = dimension
    }
    for field in part.fields {
      var dimensions = [timeDimension] + horizontal
      if field.hasLevels, let levelDimension { dimensions.insert(levelDimension, at: 1) }
      if let memberDimension { dimensions.insert(memberDimension, at: memberLeads ? 0 : 1) }
      let variable = try writer.variable(
        field.name, storage.type, dimensions, attributes: attributes(of: field),
        chunks: chunks(for: dimensions.map(\.length)), deflate: isContiguous ? 0 : storage.deflate)
      let values = values(of: field, in: part)
      contents.append {
        try writer.write(values, to: variable, start: dimensions.map { _ in 0 }, count: dimensions.map(\.length))
      }
    }
    try writer.put("Conventions", .text("CF-1.0"))
    if let title, let month = part.months.first { try writer.put("title", .text(title(month))) }
    try writer.endDefinitions()
    for write in contents { try write() }
    try writer.commit()
  }

  /// Row-major over members, months, levels and cells.
  private func values(of field: TestField, in part: Part) -> [Double] {
    let records =
      memberLeads
      ? part.members.flatMap { member in part.months.map { (member, $0) } }
      : part.months.flatMap { month in part.members.map { ($0, month) } }
    var values = [Double]()
    for (member, month) in records {
      for level in 0..<(field.hasLevels ? levels?.nodes.count ?? 1 : 1) {
        for cell in 0..<grid.cellCount {
          values.append(storage.stored(field.value(sample(member: member, month: month, level: level, cell: cell))))
        }
      }
    }
    return values
  }

  /// Whether the member dimension comes before time; elsewhere only the first dimension may grow, so that time leads.
  private var memberLeads: Bool { storage.format == .netCDF4 }

  private func attributes(of field: TestField) -> [(String, NetCDFWriter.Attribute)] {
    var attributes: [(String, NetCDFWriter.Attribute)] = [
      ("units", .text(field.units)), ("_FillValue", .numbers([storage.fill], storage.type)),
    ]
    if storage.repeatsFill { attributes.append(("missing_value", .numbers([storage.fill], storage.type))) }
    if case .int16(let scale, let offset) = storage.packing {
      attributes += [("scale_factor", .numbers([scale], .double)), ("add_offset", .numbers([offset], .double))]
    }
    if case .curvilinear = grid { attributes.append(("coordinates", .text("TLONG TLAT"))) }
    return attributes
  }

  private func chunks(for shape: [Int]) -> [Int]? {
    switch storage.chunks {
    case .contiguous: return nil
    case .wholeRecord: return shape
    case .wholeField:
      guard case .memberDimension = layout else { return [1] + shape.dropFirst() }
      return [1, 1] + shape.dropFirst(2)
    case .tiles(let time, let horizontal):
      var wanted = shape.dropLast(horizontal.count) + horizontal
      if case .memberDimension = layout, memberLeads { wanted[1] = time } else { wanted[0] = time }
      return zip(wanted, shape).map { min($0, $1) }
    }
  }

  private func defineTime(
    _ months: [Month], on dimension: NetCDFWriter.Dimension, in writer: NetCDFWriter
  ) throws -> [Content] {
    var attributes: [(String, NetCDFWriter.Attribute)] = [
      ("units", .text(time.units)), ("calendar", .text(time.calendar.rawValue)),
    ]
    if let name = time.boundsName { attributes.append(("bounds", .text(name))) }
    let stamps = try writer.variable("time", .double, [dimension], attributes: attributes)
    var contents: [Content] = [
      { try writer.write(months.map(time.stamp), to: stamps, start: [0], count: [months.count]) }
    ]
    if let name = time.boundsName {
      let bounds = try writer.variable(name, .double, [dimension, try writer.dimension("bnds", 2)])
      let edges = months.map(time.bounds).flatMap { [$0.start, $0.end] }
      contents.append { try writer.write(edges, to: bounds, start: [0, 0], count: [months.count, 2]) }
    }
    return contents
  }

  private func defineGrid(in writer: NetCDFWriter) throws -> ([NetCDFWriter.Dimension], [Content]) {
    let dimensions = try zip(grid.dimensionNames, grid.shape).map { try writer.dimension($0, $1) }
    let places = (0..<grid.cellCount).map(grid.place)
    var (latitudes, longitudes) = (places.map(\.latitude), places.map(\.longitude))
    var names = ["lat", "lon"]
    var ownDimensions = [dimensions, dimensions]
    switch grid {
    case .regular(let rows, let columns, _, _):
      latitudes = (0..<rows).map { latitudes[$0 * columns] }
      longitudes = Array(longitudes.prefix(columns))
      ownDimensions = dimensions.map { [$0] }
    case .curvilinear: names = ["TLAT", "TLONG"]
    case .unstructured: break
    }
    let latitude = try writer.variable(
      names[0], storage.coordinates, ownDimensions[0], attributes: [("units", .text("degrees_north"))])
    let longitude = try writer.variable(
      names[1], storage.coordinates, ownDimensions[1], attributes: [("units", .text("degrees_east"))])
    return (
      dimensions,
      [
        { [latitudes] in try writer.write(latitudes, to: latitude) },
        { [longitudes] in try writer.write(longitudes, to: longitude) },
      ]
    )
  }

  private func defineLandAreas(
    on dimensions: [NetCDFWriter.Dimension], in writer: NetCDFWriter
  ) throws -> [Content] {
    guard let landAreas else { return [] }
    return try [("area", landAreas.areas), ("landfrac", landAreas.fractions)].filter { !$0.1.isEmpty }.map {
      name, map in
      let variable = try writer.variable(
        name, .double, dimensions, attributes: [("_FillValue", .numbers([1e36], .double))])
      return { try writer.write(map.map { $0.isNaN ? 1e36 : $0 }, to: variable) }
    }
  }

  private func defineMembers(
    _ numbers: [Int], _ labels: MemberLabels, on dimension: NetCDFWriter.Dimension, in writer: NetCDFWriter
  ) throws -> [Content] {
    let names = numbers.map { members[$0] }
    switch labels {
    case .none: return []
    case .integers:
      let variable = try writer.variable("member", .int32, [dimension])
      return [{ try writer.write(numbers.map(Int32.init), to: variable) }]
    case .strings:
      let variable = try writer.variable("member", .string, [dimension])
      return [{ try writer.write(labels: names, to: variable) }]
    case .characters:
      let width = try writer.dimension("name_length", names.map(\.utf8.count).max() ?? 1)
      let variable = try writer.variable("member", .character, [dimension, width])
      return [{ try writer.write(labels: names, to: variable) }]
    }
  }

  private func defineLevels(
    _ levels: TestLevels, on dimension: NetCDFWriter.Dimension, in writer: NetCDFWriter
  ) throws -> [Content] {
    var attributes: [(String, NetCDFWriter.Attribute)] = [("units", .text("m")), ("positive", .text("down"))]
    guard let edges = levels.edges else {
      let nodes = try writer.variable(levels.name, .double, [dimension], attributes: attributes)
      return [{ try writer.write(levels.nodes, to: nodes) }]
    }
    attributes.append(("bounds", .text("\(levels.name)_bounds")))
    let nodes = try writer.variable(levels.name, .double, [dimension], attributes: attributes)
    let bounds = try writer.variable(
      "\(levels.name)_bounds", .double, [dimension, try writer.dimension("level_edges", 2)])
    let pairs = zip(edges, edges.dropFirst()).flatMap { [$0, $1] }
    return [{ try writer.write(levels.nodes, to: nodes) }, { try writer.write(pairs, to: bounds) }]
  }
}
