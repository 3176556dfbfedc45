import { events, type QueryKey } from "./bindings";

/** Calls back with the queries that a change in the station made stale; the result stops listening. */
export function onStale(callback: (queries: QueryKey[]) => void): () => void {
  const listening = events.staleQueries.listen((event) => callback(event.payload.queries));
  listening.catch(() => undefined);
  return () => {
    listening.then((stop) => stop()).catch(() => undefined);
  };
}
