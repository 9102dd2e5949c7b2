import VectorisedLayout

/// This level's functions; each stands beside what it needs.
package enum Functions: LevelFunctions {}
