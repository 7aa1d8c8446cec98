// A file of a site, as a Blob; what is thrown is one sentence.
export async function fetched(url) {
  const response = await fetch(url).catch(() => {
    throw new Error(`${url} could not be fetched: the server cannot be reached.`);
  });
  if (!response.ok) throw new Error(`${url} is missing on this server (${response.status}).`);
  return response.blob().catch(() => {
    throw new Error(`${url} could not be fetched to its end: the network broke off.`);
  });
}
