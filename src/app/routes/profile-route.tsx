import { ProfileScreen } from "../../features/account/components/profile-screen";
import { PreferenceChoices } from "../../features/settings/components/preference-choices";
import { useStation } from "../station-context";

export function ProfileRoute() {
  return <ProfileScreen person={useStation().person} preferences={<PreferenceChoices />} />;
}
