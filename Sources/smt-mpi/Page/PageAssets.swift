/// The style and the script of a page, which lie beside this file and are part of the program.
enum PageAssets {
  /// The script, JavaScript.
  static var script: String { String(decoding: PackageResources.page_js, as: UTF8.self) }
  /// The style sheet.
  static var style: String { String(decoding: PackageResources.page_css, as: UTF8.self) }
}
