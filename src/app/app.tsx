import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { keys, staleKey } from "../bridge/keys";
import { onStale } from "../bridge/stale";
import { Entrance } from "./entrance";
import { PreferencesProvider } from "./preferences";

export function createQueryClient(): QueryClient {
  const client = new QueryClient({
    // Everything asked is on this machine: the browser's idea of being online says nothing.
    defaultOptions: {
      queries: { networkMode: "always", refetchOnWindowFocus: false, retry: 1 },
      mutations: { networkMode: "always" },
    },
  });
  client.setQueryDefaults(["identified"], { gcTime: Infinity });
  return client;
}

export function App({ isTest = false }: { isTest?: boolean }) {
  const [client] = useState(createQueryClient);
  useEffect(
    () =>
      onStale((queries) => {
        for (const query of queries) void client.invalidateQueries({ queryKey: staleKey(query) });
        if (queries.includes("status")) void client.invalidateQueries({ queryKey: keys.person });
      }),
    [client],
  );
  return (
    <QueryClientProvider client={client}>
      <PreferencesProvider isTest={isTest}>
        <Entrance />
      </PreferencesProvider>
    </QueryClientProvider>
  );
}
