// The libraries are used through CMPIShim; this module only carries their flags.
