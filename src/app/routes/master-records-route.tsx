import { useBlocker, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { EditorScreen } from "../../features/master-records/components/editor-screen";
import { MasterRecordScreen } from "../../features/master-records/components/master-record-screen";
import { MasterRecordsScreen } from "../../features/master-records/components/master-records-screen";
import { LeaveSheet } from "../../ui/leave-sheet";
import { useUnsaved } from "../../ui/unsaved";
import { useStation } from "../station-context";

function useWays() {
  const navigate = useNavigate();
  return {
    toList: () => void navigate({ to: "/master-records" }),
    toRecord: (recordId: string) => void navigate({ to: "/master-records/$recordId", params: { recordId } }),
    toEditor: (recordId: string) => void navigate({ to: "/master-records/$recordId/edit", params: { recordId } }),
  };
}

export function MasterRecordsRoute() {
  const { status } = useStation();
  const { toRecord, toEditor } = useWays();
  return <MasterRecordsScreen isOffline={status.connection.type === "offline"} onOpen={toRecord} onEdit={toEditor} />;
}

export function MasterRecordRoute({ recordId }: { recordId: string }) {
  const { person, status } = useStation();
  const { toList, toRecord, toEditor } = useWays();
  return (
    <MasterRecordScreen
      key={recordId}
      id={recordId}
      person={person}
      isOffline={status.connection.type === "offline"}
      onBack={toList}
      onOpen={toRecord}
      onEdit={toEditor}
    />
  );
}

/** The editor asks before it is left with a text that nobody has saved. */
export function MasterRecordEditorRoute({ recordId }: { recordId: string }) {
  const { status } = useStation();
  const { toRecord } = useWays();
  const [isChanged, setChanged] = useState(false);
  useUnsaved(isChanged);
  const leaving = useBlocker({ shouldBlockFn: () => isChanged, enableBeforeUnload: false, withResolver: true });
  return (
    <>
      <EditorScreen
        key={recordId}
        id={recordId}
        isOffline={status.connection.type === "offline"}
        onChanged={setChanged}
        onBack={() => toRecord(recordId)}
      />
      {leaving.status === "blocked" && <LeaveSheet onStay={leaving.reset} onLeave={leaving.proceed} />}
    </>
  );
}
