"""The sample catalogue of Souk and the importer that loads catalogues through its HTTP API."""
