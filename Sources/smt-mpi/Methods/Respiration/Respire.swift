import ArgumentParser

/// The commands of ecosystem respiration.
struct Respire: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train, apply and validate a convolutional network of ecosystem respiration.",
    subcommands: [
      RespireTrain.self,
      RespireApply.self,
      RespireValidate.self,
    ]
  )
}
