/// The style and the script of a page, which lie beside this file and are part of the program.
enum PageAssets {
  /// The script, JavaScript: its files one after the other, the one that begins the work last.
  static var script: String {
    [
      PackageResources.elements_js, PackageResources.grids_js, PackageResources.colours_js,
      PackageResources.drawings_js,
      PackageResources.tables_js, PackageResources.canvas_js, PackageResources.maps_js, PackageResources.page_js,
    ].map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
  }
  /// The style sheet.
  static var style: String { String(decoding: PackageResources.page_css, as: UTF8.self) }
}
