extension Catalogue {
  /// Finds the files of all sources, reads their headers on all ranks and checks them against each other.
  ///
  /// Collective. Everything that can be wrong with the input is found here.
  ///
  /// - Parameters:
  ///   - members: names of the members, the reference first; empty where times are the samples.
  ///   - period: first and last month; nil takes the steps that the sources share.
  ///   - target: the grid of the job, and a file that lies on it; nil takes that of the first source.
  ///   - chosenBy: the source by whose data cells are chosen (`ValidCells.scan`), which are looked for while files are
  ///     open; nil where no cells are chosen, or not by the data of all steps.
  /// - Throws: exit code 64, 65 or 66, naming file and variable.
  public static func make(
    _ requests: [SourceRequest], members: [String], period: ClosedRange<Month>?,
    on target: (grid: Grid, path: String)? = nil, chosenBy source: Int? = nil, _ communicator: Communicator
  ) throws -> Catalogue {
    let records = requests.map(\.records)
    let all = records.flatMap { $0 }
    let fileLists = try communicator.onRoot { try all.map { try MemberFiles.find($0, members: members) } }
    // Of a source that joins several records each is looked at when cells are chosen.
    let masked = source.flatMap { source in
      records[source].count == 1 ? records[..<source].reduce(0) { $0 + $1.count } : nil
    }
    let masks = masked.map {
      FieldMaskReader(source: $0, all[$0], fileLists[$0], members: members, period: period)
    }
    let survey = try HeaderSurvey.read(
      zip(all, fileLists).map {
        HeaderSurvey.Source(paths: $1.paths, variables: $0.specification.variables, ed2: $0.ed2)
      }, masks: masks, communicator)
    var catalogue = try communicator.onRoot {
      guard let survey else { throw JobError(.internal, "the headers are not on rank 0") }
      var catalogue = try assemble(requests, fileLists, survey, members: members, period: period, on: target)
      if let source, let masked {
        catalogue.validCells = survey.validCells(source: source, record: masked, all[masked], of: catalogue)
      }
      return catalogue
    }
    for (index, request) in requests.enumerated() { try catalogue.sources[index].join(request) }
    return catalogue
  }

  /// Checks that sizes made of a source's steps, members, fields and cells stay within 64 bits.
  private static func checkSize(of source: RecordCatalogue, _ steps: Int, _ grid: Grid, path: String) throws {
    let (cells, fields, members) = (grid.cellCount, source.fieldCount, source.stepPlaces.count)
    let bytes = [8, max(12, steps), members, fields, cells].reduce(1) { $0 * Double($1) }
    guard steps <= InputLimit.steps, bytes <= InputLimit.sourceBytes else {
      throw JobError(
        .inputData,
        "\(path): '\(source.name)' has \(steps) steps of \(members) members, \(fields) fields and \(cells) cells; "
          + "expected \(InputLimit.steps) steps and 2^56 bytes at most")
    }
  }

  private static func assemble(
    _ requests: [SourceRequest], _ fileLists: [MemberFiles], _ survey: HeaderSurvey, members: [String],
    period: ClosedRange<Month>?, on target: (grid: Grid, path: String)?
  ) throws -> Catalogue {
    var warnings: [String] = []
    guard var grid = target?.grid ?? survey.headers.first?.first.map({ survey.grids[$0.grid] }),
      let firstPath = target?.path ?? fileLists.first?.paths.first
    else { throw JobError(.internal, "no source") }
    let records = requests.flatMap(\.records)
    var notes: [String] = []
    var ownGrids: [Grid?] = []
    for (record, (list, headers)) in zip(records, zip(fileLists, survey.headers)) {
      let own = survey.grids[headers[0].grid]
      let way = try record.way(from: (own, list.paths[0]), to: (grid, firstPath))
      ownGrids.append(way == nil ? nil : own)
      try HeaderCheck.check(
        record, list.paths, headers, survey, grid: way == nil ? grid : own,
        gridPath: way == nil ? firstPath : list.paths[0])
      if let words = way?.words {
        notes.append(
          "\(record.words.source) '\(record.specification.text)' is brought from \(own.sizeText) to \(grid.sizeText) cells "
            + "by \(words)")
      }
    }
    let names = members.isEmpty ? [""] : members
    let timelines = try zip(records, zip(fileLists, survey.headers)).map { record, pair in
      try Timeline.make(
        record, pair.0, pair.1.map(\.time), calendar: survey.descriptions[pair.1[0].description].calendar,
        members: names)
    }
    let steps = try Timeline.common(timelines, period: period, warnings: &warnings)
    var sources: [SourceCatalogue] = []
    var next = 0
    for request in requests {
      let own = next..<next + request.records.count
      next = own.upperBound
      let shared = own.count == 1 ? Array(timelines[own]) : Timeline.shared(Array(timelines[own]), members: names)
      let made = try own.map { index in
        let headers = survey.headers[index]
        let description = survey.descriptions[headers[0].description]
        let (record, paths) = (records[index], fileLists[index].paths)
        let made = try ProfileMaker(record, description, path: paths[0]).make()
        if let warning = made.warning { warnings.append(warning) }
        if !description.hasTimeBounds {
          warnings.append(
            "\(paths[0]): the times of '\(record.specification.variables[0])' have no bounds; "
              + "\(timelines[index].cadence.noun)s are those of the time stamps")
        }
        var places = try timelines[index].places(of: steps, members: names)
        if own.count > 1, let shared { places = try shared[index - own.lowerBound].places(of: steps, members: names) }
        return RecordCatalogue(
          name: record.name, units: made.units,
          longName: record.specification.words(description.variables.map(\.longName)),
          calendar: description.calendar, ownGrid: ownGrids[index],
          files: zip(paths, headers).map { RecordCatalogue.File(path: $0, description: $1.description) },
          descriptions: survey.descriptions, descriptionsInUse: Set(headers.map(\.description)).sorted(),
          cadence: timelines[index].cadence, stepPlaces: places.places,
          stepSeconds: timelines[index].seconds(of: steps), parts: places.parts,
          memberIndices: try MemberFiles.indices(
            of: names, record, description, path: paths[0], isEnsemble: !members.isEmpty),
          fields: made.fields, layerEdges: made.edges)
      }
      for (index, record) in zip(own, made) {
        try checkSize(of: record, steps.count, record.ownGrid ?? grid, path: fileLists[index].paths[0])
      }
      sources.append(try SourceCatalogue(request, made, sharesSteps: shared != nil))
    }
    // The grid is all files', so that any of a source's serves.
    for (path, ownGrid) in zip(fileLists.compactMap(\.paths.first), ownGrids) where grid.landAreas == nil {
      if ownGrid == nil, let areas = survey.landAreas[path] { grid.take(areas, of: path) }
    }
    var catalogue = Catalogue(
      grid: grid, cadence: Timeline.cadence(of: timelines), steps: steps, members: names, sources: sources,
      warnings: warnings,
      fileStamp: survey.content)
    catalogue.notes = notes
    return catalogue
  }
}

extension RecordRequest {
  /// The way from the record's grid to that of the job; nil where they are the same, or nothing brings it over.
  fileprivate func way(
    from own: (grid: Grid, path: String), to target: (grid: Grid, path: String)
  ) throws -> FieldRegridding.Way? {
    own.grid.difference(from: target.grid) == nil ? nil : try self.regridding?.way(own, target)
  }
}
