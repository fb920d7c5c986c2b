"""Cognito: what a pre-token trigger says about groups.

From version 2 on, a trigger answers ``claimsAndScopeOverrideDetails``, in which ``groupOverrideDetails`` stands
beside the sections of the two tokens and holds for both. Stock ministack looks for it inside of each section.
"""
from .hooks import wrap

SECTIONS = ("accessTokenGeneration", "idTokenGeneration")


def apply():
    import ministack.services.cognito as cognito

    def with_groups_in_sections(original):
        def extract(payload):
            response = original(payload)
            details = (response or {}).get("claimsAndScopeOverrideDetails") or {}
            groups = details.get("groupOverrideDetails")
            if not groups:
                return response
            sections = {name: {**(details.get(name) or {}), "groupOverrideDetails": groups} for name in SECTIONS}
            return {**response, "claimsAndScopeOverrideDetails": {**details, **sections}}
        return extract

    wrap(cognito, "_extract_trigger_response", with_groups_in_sections)
