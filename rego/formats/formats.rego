package regent.formats

is_date(value) if regex.match(`^\d{4}-\d{2}-\d{2}$`, value)
