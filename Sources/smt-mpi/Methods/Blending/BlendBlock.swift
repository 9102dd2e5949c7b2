import Distributed
import Kernels

/// Some steps of a record on their way through the blend: read, blended and summed up by one rank, then written by rank 0.
struct BlendBlocks {
  let record: LayeredRecord
  let blending: Blending
  /// Steps of a block, and of a chunk of the blended record.
  let steps: Int
  /// By score layer, the share of each layer of the model.
  let weights: [[Double]]
  /// Cells whose steps are wanted one by one.
  let towers: [Int]
  /// By file, whether numbers are wanted for a copy.
  let isCopied: [Bool]
  /// Blocks, from the first, whose chunks and sums an earlier run has left.
  let finishedCount: Int

  /// The number of blocks.
  var count: Int { (record.count + steps - 1) / steps }
  /// Blocks that have to be made: those that are not finished, and those of files that are not copied.
  var pending: [Int] {
    (0..<count).filter { block in block >= finishedCount || parts(block).contains { isCopied[$0.file] } }
  }
  /// Variables of the blended record.
  static let variables = ["native", "blended", "error"]

  private var size: Int { record.layerCount * record.grid.cellCount }

  /// Steps of a block: chunks of about a megabyte, whatever the number of ranks.
  static func steps(of record: LayeredRecord) -> Int {
    let most = min(record.count, max(1, min(1024, (1 << 18) / max(1, record.grid.cellCount))))
    // A chunk of a copy that is written in two parts is compressed twice.
    let chunk = record.stepsOfChunk
    return most >= chunk ? most / chunk * chunk : most
  }

  /// Bytes that a block takes while it is made.
  var bytes: Int { size * steps * (8 + 8 + 12 + 8) + 5 * 8 * size }

  /// The steps of a block.
  func range(_ block: Int) -> Range<Int> { block * steps..<min(record.count, (block + 1) * steps) }

  /// The parts of a block: steps of one file each.
  func parts(_ block: Int) -> [(file: Int, steps: Range<Int>)] {
    let range = range(block)
    return record.files.indices.compactMap { index in
      let file = record.files[index]
      let own = range.clamped(to: file.first..<file.first + file.count)
      return own.isEmpty ? nil : (index, own.lowerBound - file.first..<own.upperBound - file.first)
    }
  }

  /// What a block adds to the sums over all steps, and the steps at towers.
  struct Sums {
    /// By score layer and cell: sums of the model and of the blend, and steps where both are there.
    var model: [Double]
    var blend: [Double]
    var counts: [Double]
    /// By layer and cell: steps that were clipped.
    var clipped: [Int32]
    /// By step, tower and score layer: model, then blend.
    var series: [Double] = []

    init(scoreLayers: Int, layers: Int, cells: Int) {
      model = [Double](repeating: 0, count: scoreLayers * cells)
      (blend, counts) = (model, model)
      clipped = [Int32](repeating: 0, count: layers * cells)
    }

    /// Adds those of the next block.
    mutating func add(_ other: Sums) {
      for index in model.indices {
        model[index] += other.model[index]
        blend[index] += other.blend[index]
        counts[index] += other.counts[index]
      }
      for index in clipped.indices { clipped[index] += other.clipped[index] }
      series += other.series
    }

    /// All numbers, one after the other.
    var bytes: [UInt8] {
      (model + blend + counts + clipped.map(Double.init) + series).withUnsafeBytes { [UInt8]($0) }
    }

    /// The same back from bytes.
    mutating func take(_ bytes: [UInt8]) {
      let numbers = bytes.doubles
      let count = model.count
      (model, blend) = (Array(numbers[..<count]), Array(numbers[count..<2 * count]))
      counts = Array(numbers[2 * count..<3 * count])
      clipped = numbers[3 * count..<3 * count + clipped.count].map { Int32($0) }
      series = Array(numbers[(3 * count + clipped.count)...])
    }
  }

  /// Sums without a step.
  var noSums: Sums { Sums(scoreLayers: weights.count, layers: record.layerCount, cells: record.grid.cellCount) }

  /// Reads and blends a block.
  ///
  /// - Returns: the numbers of each part for its copy; and, unless they are finished, chunks of the blended record by
  ///   variable and layer, and the sums.
  func make(_ block: Int, _ readers: LayeredReaders) throws -> [[UInt8]] {
    let isFinished = block < finishedCount
    let (cells, layers) = (record.grid.cellCount, record.layerCount)
    var fields = [Float](repeating: .nan, count: isFinished ? 0 : 3 * size * steps)
    var sums = noSums
    var copies: [[UInt8]] = []
    var native = [Double](repeating: .nan, count: size)
    var (blended, error) = (native, native)
    for (file, own) in parts(block) {
      guard isCopied[file] || !isFinished else {
        copies.append([])
        continue
      }
      var stored = try readers.read(own, of: file)
      let description = record.files[file]
      // Rows of cells by step and layer, in the order of the file.
      var rows: [(layer: Int, cell: Int, offset: Int, stride: Int)] = []
      record.forEachRow(steps: own.count, of: file) { _, layer, cell, offset, stride in
        rows.append((layer, cell, offset, stride))
      }
      let rowsOfStep = rows.count / own.count
      let length = record.rowLength
      for step in 0..<own.count {
        let ownRows = rows[step * rowsOfStep..<(step + 1) * rowsOfStep]
        stored.withUnsafeBufferPointer { stored in
          native.withUnsafeMutableBufferPointer { native in
            for row in ownRows {
              for index in 0..<length {
                native[row.layer * cells + row.cell + index] = description.value(
                  stored[row.offset + index * row.stride])
              }
            }
          }
        }
        let number = description.first + own.lowerBound + step
        blending.blend(
          at: Double(record.starts[number]), native, into: &blended, error: &error, clipped: &sums.clipped)
        if !isFinished {
          let place = number - block * steps
          fields.withUnsafeMutableBufferPointer { fields in
            for layer in 0..<layers {
              let base = (layer * steps + place) * cells
              for cell in 0..<cells {
                fields[base + cell] = Float(native[layer * cells + cell])
                fields[size * steps + base + cell] = Float(blended[layer * cells + cell])
                fields[2 * size * steps + base + cell] = Float(error[layer * cells + cell])
              }
            }
          }
          add(native, blended, to: &sums)
        }
        if isCopied[file] {
          stored.withUnsafeMutableBufferPointer { stored in
            for row in ownRows {
              for index in 0..<length {
                let cell = row.layer * cells + row.cell + index
                // Missing values, and what nothing corrects, stay as they are stored.
                if !error[cell].isNaN, !blended[cell].isNaN {
                  stored[row.offset + index * row.stride] = description.number(blended[cell])
                }
              }
            }
          }
        }
      }
      copies.append(isCopied[file] ? stored.withUnsafeBytes { [UInt8]($0) } : [])
    }
    if isFinished { return copies }
    let chunk = steps * cells
    let chunks = (0..<3 * layers).map { LayeredWriter.chunk(Array(fields[$0 * chunk..<($0 + 1) * chunk])) }
    return copies + chunks + [sums.bytes]
  }

  private func add(_ native: [Double], _ blended: [Double], to sums: inout Sums) {
    let cells = record.grid.cellCount
    for (index, weights) in weights.enumerated() {
      for cell in 0..<cells {
        var (model, blend) = (0.0, 0.0)
        for (layer, weight) in weights.enumerated() where weight > 0 {
          model += weight * native[layer * cells + cell]
          blend += weight * blended[layer * cells + cell]
        }
        guard !model.isNaN else { continue }
        sums.model[index * cells + cell] += model
        sums.blend[index * cells + cell] += blend
        sums.counts[index * cells + cell] += 1
      }
    }
    for tower in towers {
      for weights in weights {
        for values in [native, blended] {
          sums.series.append(
            weights.enumerated().reduce(0) { $1.element > 0 ? $0 + $1.element * values[$1.offset * cells + tower] : $0 }
          )
        }
      }
    }
  }

  /// Keeps what `make` left of a block, and writes its parts of copies.
  func take(_ block: Int, _ made: [[UInt8]], _ copies: BlendCopies, _ log: BlockLog) throws {
    let parts = parts(block)
    if block >= finishedCount { try log.append(Array(made[parts.count...])) }
    for (part, numbers) in zip(parts, made) where isCopied[part.file] {
      try copies.write(numbers.doubles, file: part.file, steps: part.steps)
    }
  }

  /// Writes the blended record of the blocks that are kept.
  ///
  /// - Returns: the sums over all steps.
  func write(_ log: BlockLog, to writer: LayeredWriter, _ progress: ProgressLine) throws -> Sums {
    var sums = noSums
    for block in 0..<count {
      let parts = try log.parts(of: block)
      for (index, name) in Self.variables.enumerated() {
        for layer in 0..<record.layerCount {
          try writer.write(parts[index * record.layerCount + layer], of: name, step: block * steps, layer: layer)
        }
      }
      var own = noSums
      own.take(parts[parts.count - 1])
      sums.add(own)
      progress.update(share: Double(block + 1) / Double(count))
    }
    try writer.commit()
    return sums
  }
}

/// The files of a record, one open at a time.
final class LayeredReaders {
  private let record: LayeredRecord
  private var open: (file: Int, reader: LayeredReader)?
  /// Bytes of stored numbers read so far.
  private(set) var bytesRead = 0

  init(_ record: LayeredRecord) { self.record = record }

  /// The numbers of some steps of a file, as stored.
  func read(_ steps: Range<Int>, of file: Int) throws -> [Double] {
    if open?.file != file { open = (file, try LayeredReader(record, file: file)) }
    let values = try open?.reader.read(steps) ?? []
    bytesRead += 4 * values.count
    return values
  }

  /// The values of a step of the record, by layer and cell; NaN where missing.
  func values(ofStep step: Int) throws -> [Double] {
    let file = record.files.lastIndex { $0.first <= step && $0.count > 0 } ?? 0
    let own = step - record.files[file].first
    let stored = try read(own..<own + 1, of: file)
    let cells = record.grid.cellCount
    var values = [Double](repeating: .nan, count: record.layerCount * cells)
    record.forEachRow(steps: 1, of: file) { _, layer, cell, offset, stride in
      for index in 0..<record.rowLength {
        values[layer * cells + cell + index] = record.files[file].value(stored[offset + index * stride])
      }
    }
    return values
  }
}

extension [UInt8] {
  /// The doubles whose bytes these are.
  var doubles: [Double] {
    withUnsafeBytes { bytes in
      [Double](unsafeUninitializedCapacity: bytes.count / 8) { buffer, count in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
        count = bytes.count / 8
      }
    }
  }
}
