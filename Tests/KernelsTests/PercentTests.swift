import Kernels
import Testing

@Suite struct PercentTests {
  private func reference(_ sm: [Double], _ gpp: [Double], own: Bool = false) -> PercentPairs {
    sm.withUnsafeBufferPointer { sm in
      gpp.withUnsafeBufferPointer { gpp in
        own
          ? percentOfOwnMean(moisture: sm, productivity: gpp, moistureFloor: 0.01, productivityFloor: 0.1)
          : percentOfReference(moisture: sm, productivity: gpp, moistureFloor: 0.01, productivityFloor: 0.1)
      }
    }
  }

  @Test func membersAreInPercentOfTheFirst() {
    #expect(reference([0.5, 0.25], [2, 3]) == .pairs(x: [100, 50], y: [100, 150]))
    guard case .pairs(let x, let y) = reference([0.5, .nan], [2, 3]) else {
      Issue.record("a missing member is no missing reference")
      return
    }
    #expect(x[1].isNaN && y[1] == 150)
  }

  @Test func referencesThatAreMissingOrTooSmallAreNamed() {
    #expect(reference([.nan, 0.25], [2, 3]) == .unavailable(.missingMonths))
    #expect(reference([0.5, 0.25], [.nan, 3]) == .unavailable(.missingMonths))
    #expect(reference([], []) == .unavailable(.missingMonths))
    #expect(reference([0.01, 0.25], [2, 3]) == .unavailable(.referenceBelowFloor))
    #expect(reference([0.5, 0.25], [0.1, 3]) == .unavailable(.referenceBelowFloor))
    #expect(reference([0.5, 0.25], [-1, 3]) == .unavailable(.referenceBelowFloor))
  }

  @Test func observationsAreInPercentOfTheirOwnMean() {
    guard case .pairs(let x, let y) = reference([1, 3, 9, .nan], [2, 6, .nan, 5], own: true) else {
      Issue.record("two months are complete")
      return
    }
    #expect(x.prefix(2) == [50, 150] && y.prefix(2) == [50, 150])
    #expect(x[2].isNaN && x[3].isNaN && y[2].isNaN && y[3].isNaN)
    #expect(reference([.nan], [1], own: true) == .unavailable(.missingMonths))
    #expect(reference([0.001, 0.002], [1, 1], own: true) == .unavailable(.referenceBelowFloor))
  }

  @Test func evaporativeFractionNeedsPositiveFluxes() {
    #expect(evaporativeFraction(latent: 30, sensible: 10) == 0.75)
    #expect(evaporativeFraction(latent: 15, sensible: 5) == 0.75)
    #expect(evaporativeFraction(latent: 15, sensible: 4.9).isNaN)
    #expect(evaporativeFraction(latent: -1, sensible: 50).isNaN)
    #expect(evaporativeFraction(latent: 50, sensible: -1).isNaN)
    #expect(evaporativeFraction(latent: .nan, sensible: 50).isNaN)
    #expect(evaporativeFraction(latent: 0, sensible: 0, floor: 0).isNaN)
  }
}
