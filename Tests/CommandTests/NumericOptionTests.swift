import TestSupport
import Testing

@MainActor @Suite struct NumericOptionTests {
  /// `nan` and `inf` read as numbers and mean nothing.
  @Test func numbersThatAreNone() throws {
    try withTemporaryFolder { folder in
      let fixture = ThresholdFixture.make(members: 4)
      try fixture.ensemble.write(to: folder)
      let threshold = fixture.arguments(folder)
      let record = ["--source", "\(folder)/REF.nc:GPP", "--output", "\(folder)/t.nc"]
      let numbers = [
        "moisture-floor", "response-floor", "fraction-floor", "minimum-span", "learning-rate", "noise-stop",
        "grid-step",
        "bandwidth", "active-fraction", "curvature-tolerance", "significance", "outlier-bound", "progress",
      ]
      for name in numbers {
        try expectFailure(64, naming: ["--" + name], threshold + ["--\(name)=nan"], in: folder, ranks: [nil])
      }
      for text in ["nan", "inf", "-inf", "1e400"] {
        try expectFailure(
          64, naming: ["--moisture-floor", "finite"], threshold + ["--moisture-floor=\(text)"], in: folder,
          ranks: text == "inf" ? [nil, 3] : [nil])
        try expectFailure(64, naming: ["--maximum"], ["trend", "--maximum=\(text)"] + record, in: folder, ranks: [nil])
        let attribute = ["attribute", "--moisture", "x.nc:a,b", "--output", "\(folder)/a.nc"]
        for option in [
          "--maximum=1,\(text)", "--layer-bounds=0,1,\(text)", "--depth=0-\(text)", "--bbox=0,0,1,\(text)",
        ] {
          let name = String(option.prefix { $0 != "=" })
          try expectFailure(64, naming: [name], attribute + [option], in: folder, ranks: [nil])
        }
        try expectFailure(64, naming: ["--point"], threshold + ["--point=0,\(text)"], in: folder, ranks: [nil])
      }
      for text in ["nan", ".nan", ".inf"] {
        try writeText("response-floor: \(text)\n", to: "\(folder)/c.yaml")
        let done = try run(threshold + ["--config", "\(folder)/c.yaml"])
        #expect(done.status == 64 && done.standardError.contains("--response-floor"), "\(done.standardError)")
      }
      for arguments in [
        ["synthesize", "\(folder)/s", "--noise=nan"], ["synthesize", "\(folder)/s", "--ocean-share=nan"],
        ["compare", "a.nc:a", "b.nc:b", "--within=nan"],
      ] {
        #expect(try run(arguments).status == 64)
      }
    }
  }
}
