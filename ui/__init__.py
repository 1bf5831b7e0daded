"""The face: tables, filters, the list view, charts, forms and page parts. No models, no business words."""
