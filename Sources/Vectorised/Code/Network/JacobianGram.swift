import VectorisedLayout

extension DenseNetwork {
  /// Deltas of all hidden layers for an error of one in the output of every sample, from the activations of the last
  /// forward pass; row n of a layer's deltas is then that layer's part of row n of the Jacobian.
  @inline(never)
  func passBackUnitErrors() {
    for sample in 0..<samples { sorted.predictionDeltas[sample] = 1 }
    passBackPredictionDeltas()
    transposeLayers()
    for index in (1..<layerCount).reversed() {
      layers[index].backward(to: layers[index - 1], samples: samples, activation)
    }
  }

  /// J Jᵀ, samples by samples, of the Jacobian J of the outputs; leaves in the layers' deltas what ``passBackUnitErrors()`` does.
  ///
  /// A weight's derivative is an activation times a delta, so a layer's part is the product, element by element, of
  /// the activations' and the deltas' own samples-by-samples products.
  func jacobianGram(_ memory: GaussNewtonMemory) {
    passBackUnitErrors()
    let last = lastLayer
    memory.rowProducts(
      of: last.activations, stride: last.activationStride, depth: last.units + 1, samples: samples,
      StoreSum(destination: memory.gram))
    var input = self.input
    for index in 0..<layerCount {
      let layer = layers[index]
      memory.rowProducts(
        of: input, stride: layer.inputStride, depth: layer.inputs + 1, samples: samples,
        StoreSum(destination: memory.product))
      memory.rowProducts(
        of: layer.deltas, stride: layer.activationStride, depth: layer.units, samples: samples,
        AddTimes(destination: memory.gram, factors: memory.product))
      input = layer.activations
    }
  }
}

/// Adds the sum, times another matrix's element, to what is there.
private struct AddTimes: Epilogue {
  var destination: UnsafeMutablePointer<Float>
  var factors: UnsafeMutablePointer<Float>

  @inline(__always) func finish(_ sum: Lanes, at offset: Int) {
    destination.store(destination.vector(offset, as: Lanes.self).plus(sum, times: factors.vector(offset)), at: offset)
  }
}

extension GaussNewtonMemory {
  /// Products of all rows of a matrix with one another, on and above the diagonal.
  @inline(__always)
  fileprivate func rowProducts(
    of rows: UnsafeMutablePointer<Float>, stride rowStride: Int, depth: Int, samples: Int, _ epilogue: some Epilogue
  ) {
    transpose(rows, stride: rowStride, depth: depth, samples: samples)
    // Three vectors of 16 are the widest tile; rows below a strip's last column lie below the diagonal.
    var column = 0
    while column < stride {
      let width = min(48, stride - column)
      MatrixProduct(
        rows: min(samples, column + width), depth: depth, columns: width / Lanes.scalarCount, a: rows,
        rowStride: rowStride, stepStride: 1, b: transposed + column, bStride: stride, cStride: stride
      ).compute(Shifted(epilogue: epilogue, offset: column))
      column += width
    }
  }

  /// Copies the first `depth` columns of a matrix to the rows of `transposed`, in blocks of 4 × 4.
  @inline(never)
  private func transpose(_ rows: UnsafeMutablePointer<Float>, stride rowStride: Int, depth: Int, samples: Int) {
    let wholeSamples = samples & ~3
    for sample in Swift.stride(from: 0, to: wholeSamples, by: 4) {
      // Rows are padded to 16, so that whole blocks may be read; what lies behind the last column is left out.
      let source = rows + sample * rowStride
      var column = 0
      while column < depth {
        let a: SIMD4<Float> = source.vector(column)
        let b: SIMD4<Float> = source.vector(column + rowStride)
        let c: SIMD4<Float> = source.vector(column + 2 * rowStride)
        let d: SIMD4<Float> = source.vector(column + 3 * rowStride)
        let destination = transposed + column * stride + sample
        destination.store(SIMD4(a.x, b.x, c.x, d.x), at: 0)
        if column + 1 < depth { destination.store(SIMD4(a.y, b.y, c.y, d.y), at: stride) }
        if column + 2 < depth { destination.store(SIMD4(a.z, b.z, c.z, d.z), at: 2 * stride) }
        if column + 3 < depth { destination.store(SIMD4(a.w, b.w, c.w, d.w), at: 3 * stride) }
        column += 4
      }
    }
    for column in 0..<depth {
      for sample in wholeSamples..<stride {
        transposed[column * stride + sample] = sample < samples ? rows[sample * rowStride + column] : 0
      }
    }
  }
}

/// An epilogue whose matrix begins some values further on.
private struct Shifted<E: Epilogue>: Epilogue {
  var epilogue: E
  var offset: Int

  @inline(__always) func finish(_ sum: Lanes, at offset: Int) { epilogue.finish(sum, at: self.offset + offset) }
}
