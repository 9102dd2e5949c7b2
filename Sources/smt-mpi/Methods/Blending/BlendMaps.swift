import Distributed
import Kernels

/// Why a cell is blended, or not.
enum BlendStatus: String, CaseIterable {
  case ok
  case notLand = "not_land"
  case noSnapshot = "no_snapshot"
  case tooFewPixels = "too_few_pixels"
}

/// Maps and scores of a blend, of the sums over all steps.
struct BlendMaps {
  let record: LayeredRecord
  let layers: [SoilLayer]
  /// By score layer, the share of each layer of the model.
  let weights: [[Double]]
  let blending: Blending
  let status: [BlendStatus]
  let sums: BlendBlocks.Sums

  /// CF standard name of soil moisture.
  static let moistureName = "volume_fraction_of_condensed_water_in_soil"

  private var cells: Int { record.grid.cellCount }
  private var isBlended: [Bool] { status.map { $0 == .ok } }

  /// The mean over a score layer of values by snapshot, layer and cell, by snapshot; NaN where a layer has none.
  func means(_ values: [Double], layer: Int, cell: Int) -> [Double] {
    let size = record.layerCount * cells
    return blending.times.indices.map { snapshot in
      weights[layer].enumerated().reduce(0) {
        $1.element > 0 ? $0 + $1.element * values[snapshot * size + $1.offset * cells + cell] : $0
      }
    }
  }

  /// Everything of a score layer, by cell.
  struct Layer {
    var model: [Double] = []
    var blend: [Double] = []
    var snapshots: [Double] = []
    var modelAtSnapshots: [Double] = []
    var count: [Double] = []
    var leftOut: [ErrorStatistics] = []

    /// Model minus blend, over all steps.
    var bias: [Double] { zip(model, blend).map { $0 - $1 } }
  }

  /// The score layers.
  func scored() -> [Layer] {
    let leftOut = blending.leaveOneOut()
    let isBlended = isBlended
    return layers.indices.map { layer in
      var result = Layer()
      for cell in 0..<cells {
        let place = layer * cells + cell
        let count = sums.counts[place]
        let model = count > 0 ? sums.model[place] / count : .nan
        result.model.append(model)
        result.blend.append(count > 0 && isBlended[cell] ? sums.blend[place] / count : .nan)
        let observed = means(blending.observed, layer: layer, cell: cell)
        let errors = means(blending.found, layer: layer, cell: cell)
        let known = observed.indices.filter { !observed[$0].isNaN }
        result.snapshots.append(mean(known.map { observed[$0] }))
        result.modelAtSnapshots.append(mean(known.map { observed[$0] + errors[$0] }))
        result.count.append(Double(known.count))
        result.leftOut.append(ErrorStatistics(means(leftOut, layer: layer, cell: cell)))
      }
      return result
    }
  }

  /// Writes the maps.
  ///
  /// - Parameter grid: that of the record, with the areas of its cells where they are known.
  /// - Throws: exit code 73.
  func write(_ scored: [Layer], on grid: Grid, _ attributes: MapWriter.FileAttributes, to path: String) throws {
    let numbers = Array(0..<cells)
    let results = CellResults(
      numbers.map(Double.init), Partition(cells: numbers, ranks: 1), .single, isSelected: numbers.map { _ in true },
      rowWithoutData: [0], rowOutside: [0])
    let axis = MapAxis(
      "layer", longName: "range of depth",
      names: layers.map { "\($0.top.shortText)-\($0.bottom.shortText) m" })
    let depths = MapAxis(depthEdges: record.tops.prefix(1) + record.bottoms)
    let leftOut = blending.leaveOneOut()
    let size = record.layerCount * cells
    let snapshots = blending.times.indices
    func field(_ values: [Double]) -> CellQuantity { { values[Int($0[0])] } }
    func map(
      _ name: String, _ longName: String, isCount: Bool = false, isMoisture: Bool = false,
      validRange: ClosedRange<Double>? = nil, _ values: (Layer) -> [Double]
    ) -> MapWriter.MapVariable {
      MapWriter.MapVariable(
        name, units: isCount ? "1" : "m3 m-3", longName: longName, standardName: isMoisture ? Self.moistureName : nil,
        cellMethods: isMoisture ? "time: mean" : nil, isCount: isCount, validRange: validRange, axes: [axis],
        fields: scored.map { field(values($0)) })
    }
    let errors = (0..<record.layerCount).map { layer in
      numbers.map { cell in ErrorStatistics(snapshots.map { leftOut[$0 * size + layer * cells + cell] }) }
    }
    func layered(_ name: String, _ longName: String, _ value: (ErrorStatistics) -> Double) -> MapWriter.MapVariable {
      MapWriter.MapVariable(
        name, units: "m3 m-3", longName: longName, axes: [depths], fields: errors.map { field($0.map(value)) })
    }
    let status = self.status.map { status in
      Double(BlendStatus.allCases.firstIndex(of: status) ?? 0)
    }
    try MapWriter.write(
      [
        map("model_mean", "soil moisture of the model, mean over all steps", isMoisture: true) { $0.model },
        map("blend_mean", "soil moisture of the blend, mean over all steps", isMoisture: true) { $0.blend },
        map("snapshot_mean", "soil moisture of the snapshots, mean over snapshots", isMoisture: true) {
          $0.snapshots
        },
        map("model_at_snapshots", "soil moisture of the model, mean over snapshots", isMoisture: true) {
          $0.modelAtSnapshots
        },
        map("bias", "soil moisture of the model minus that of the blend, mean over all steps") { $0.bias },
        map("bias_at_snapshots", "soil moisture of the model minus that of the snapshots, mean over snapshots") {
          zip($0.modelAtSnapshots, $0.snapshots).map { $0 - $1 }
        },
        map("n_snapshots", "number of snapshots", isCount: true) { $0.count },
        map(
          "error_rmse", "root mean square error of the blend at snapshots left out one by one",
          validRange: 0 ... .infinity
        ) {
          $0.leftOut.map(\.rootMeanSquare)
        },
        map("error_bias", "mean error of the blend at snapshots left out one by one") { $0.leftOut.map(\.bias) },
        map(
          "error_sd", "standard deviation of the errors of the blend at snapshots left out one by one",
          validRange: 0 ... .infinity
        ) {
          $0.leftOut.map(\.standardDeviation)
        },
        layered("layer_error_rmse", "root mean square error of the blend of a layer at snapshots left out one by one") {
          $0.rootMeanSquare
        },
        layered("layer_error_bias", "mean error of the blend of a layer at snapshots left out one by one") { $0.bias },
        MapWriter.MapVariable(
          "n_clipped", units: "1", longName: "steps in which the blend was clipped to residual or saturated moisture",
          isCount: true, axes: [depths],
          fields: (0..<record.layerCount).map { layer in
            field(sums.clipped[layer * cells..<(layer + 1) * cells].map(Double.init))
          }),
        MapWriter.MapVariable(
          "status", units: "1", longName: "why there is a blend, or none",
          flagMeanings: BlendStatus.allCases.map(\.rawValue), fields: [field(status)]),
      ], of: results, on: grid, attributes, to: path)
  }

  /// A row for each score layer: means over cells, the bias, shares of cells and area where it is negative, and the error.
  func table(_ scored: [Layer]) -> Table {
    var table = Table(
      columns: [
        "top", "bottom", "n", "model", "blend", "snapshots", "model_at_snapshots", "bias", "bias_at_snapshots",
        "share_negative", "share_negative_area", "error_rmse", "error_bias", "error_sd",
      ],
      units: ["m", "m", "1"] + Array(repeating: "m3 m-3", count: 6) + ["1", "1"] + Array(repeating: "m3 m-3", count: 3))
    for (layer, own) in zip(layers, scored) {
      let summary = summary(own)
      func known(_ values: [Double]) -> Double { mean(values.filter { !$0.isNaN }) }
      let atSnapshots = zip(own.modelAtSnapshots, own.snapshots).map { $0 - $1 }
      table.add(
        [.number(layer.top), .number(layer.bottom), .count(summary.count)]
          + [
            summary.model, summary.blend, known(own.snapshots), known(own.modelAtSnapshots), summary.bias,
            known(atSnapshots), summary.negative, summary.negativeArea, known(own.leftOut.map(\.rootMeanSquare)),
            known(own.leftOut.map(\.bias)), known(own.leftOut.map(\.standardDeviation)),
          ].map(Table.Entry.number))
    }
    return table
  }

  /// Means over blended cells, and the shares of them, and of their area, where the model is drier than the blend.
  func summary(_ layer: Layer) -> (
    count: Int, model: Double, blend: Double, bias: Double, negative: Double, negativeArea: Double
  ) {
    let bias = layer.bias
    let known = bias.indices.filter { !bias[$0].isNaN }
    let weights = known.map { record.grid.weight(ofCell: $0) }
    let negative = zip(known, weights).filter { bias[$0.0] < 0 }
    return (
      known.count, mean(known.map { layer.model[$0] }), mean(known.map { layer.blend[$0] }),
      mean(known.map { bias[$0] }),
      known.isEmpty ? .nan : Double(negative.count) / Double(known.count),
      known.isEmpty ? .nan : negative.reduce(0) { $0 + $1.1 } / weights.reduce(0, +)
    )
  }
}
