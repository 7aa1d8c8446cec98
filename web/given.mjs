// Of options those that a caller gave: what else there is keeps its default.
export const given = (options) =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
