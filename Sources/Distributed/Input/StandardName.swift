/// Standard names of the CF conventions, of land and the air above it, with the units that the conventions give them.
///
/// Names that are not in the table (version 93) occur in files, such as GLDAS' `potential_evaporation_flux`; results do not
/// take them over. Nor do they take over names of amounts in soil layers, which want a depth beside them.
enum StandardName {
  /// Whether a name is one of the table's and units are its own.
  static func isOne(_ name: String, in units: String) -> Bool {
    namesByUnits.contains { UnitSpelling.areSame($0.units, units) && $0.names.contains(name) }
  }

  private static let namesByUnits: [(units: String, names: Set<String>)] = [
    (
      "kg m-2",
      [
        "baseflow_amount",
        "canopy_water_amount",
        "litter_mass_content_of_carbon",
        "mass_content_of_water_in_soil",
        "precipitation_amount",
        "rainfall_amount",
        "runoff_amount",
        "snowfall_amount",
        "soil_mass_content_of_carbon",
        "subsurface_runoff_amount",
        "surface_runoff_amount",
        "surface_snow_amount",
        "transpiration_amount",
        "vegetation_mass_content_of_carbon",
        "water_evaporation_amount",
        "water_evaporation_amount_from_canopy",
        "water_evapotranspiration_amount",
        "water_potential_evaporation_amount",
        "water_potential_evapotranspiration_amount",
        "wood_debris_mass_content_of_carbon",
      ]
    ),
    (
      "kg m-2 s-1",
      [
        "gross_primary_productivity_of_biomass_expressed_as_carbon",
        "net_ecosystem_production_expressed_as_carbon_per_unit_area",
        "net_primary_productivity_of_biomass_expressed_as_carbon",
        "precipitation_flux",
        "rainfall_flux",
        "runoff_flux",
        "snowfall_flux",
        "subsurface_runoff_flux",
        "surface_net_downward_mass_flux_of_carbon_dioxide_expressed_as_carbon_due_to_all_land_processes",
        "surface_net_downward_mass_flux_of_carbon_dioxide_expressed_as_carbon_due_to_all_land_processes_excluding_anthropogenic_land_use_change",
        "surface_runoff_flux",
        "surface_snow_melt_flux",
        "surface_upward_mass_flux_of_carbon_dioxide_expressed_as_carbon_due_to_heterotrophic_respiration",
        "surface_upward_mass_flux_of_carbon_dioxide_expressed_as_carbon_due_to_plant_respiration",
        "surface_upward_mass_flux_of_carbon_dioxide_expressed_as_carbon_due_to_respiration_in_soil",
        "transpiration_flux",
        "water_evaporation_flux_from_canopy",
        "water_evaporation_flux_from_soil",
        "water_evapotranspiration_flux",
        "water_potential_evaporation_flux",
      ]
    ),
    (
      "W m-2",
      [
        "downward_heat_flux_in_soil",
        "surface_downwelling_longwave_flux_in_air",
        "surface_downwelling_photosynthetic_radiative_flux_in_air",
        "surface_downwelling_shortwave_flux_in_air",
        "surface_net_downward_longwave_flux",
        "surface_net_downward_radiative_flux",
        "surface_net_downward_shortwave_flux",
        "surface_upward_latent_heat_flux",
        "surface_upward_sensible_heat_flux",
      ]
    ),
    (
      "1",
      [
        "leaf_area_index",
        "relative_humidity",
        "specific_humidity",
        "surface_albedo",
        "volume_fraction_of_condensed_water_in_soil",
        "volume_fraction_of_condensed_water_in_soil_at_field_capacity",
        "volume_fraction_of_condensed_water_in_soil_at_wilting_point",
        "volume_fraction_of_frozen_water_in_soil",
      ]
    ),
    (
      "K",
      [
        "air_temperature",
        "soil_temperature",
        "surface_temperature",
      ]
    ),
    (
      "Pa",
      [
        "air_pressure",
        "surface_air_pressure",
        "water_vapor_saturation_deficit_in_air",
      ]
    ),
    (
      "m s-1",
      [
        "rainfall_rate",
        "wind_speed",
      ]
    ),
    (
      "m",
      [
        "surface_snow_thickness"
      ]
    ),
  ]
}
