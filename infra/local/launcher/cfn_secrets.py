"""AWS::SecretsManager::Secret: what Ref returns, and how a secret is generated.

Real AWS returns the secret's ARN for ``Ref`` and obeys every setting of
GenerateSecretString. Stock ministack returns the name, so a policy or variable built
from ``Ref`` differs from AWS, and knows only the length and the excluded characters.
"""
import json

from .hooks import refuse, require, wrap

SECRET = "AWS::SecretsManager::Secret"
FLAGS = ("ExcludeNumbers", "ExcludePunctuation", "ExcludeUppercase", "ExcludeLowercase",
         "IncludeSpace", "RequireEachIncludedType")


def _random_password(secrets, settings):
    request = {k: v for k, v in settings.items() if k not in ("SecretStringTemplate", "GenerateStringKey")}
    request |= {k: str(v).lower() == "true" for k, v in settings.items() if k in FLAGS}
    request["PasswordLength"] = int(settings.get("PasswordLength", 32))
    return json.loads(refuse(secrets._get_random_password(request))[2])["RandomPassword"]


def apply():
    import ministack.services.cloudformation.provisioners as prov
    import ministack.services.secretsmanager as secrets

    require(secrets, "_secrets", "_get_random_password")

    def generating(original):
        def run(props):
            settings = props.get("GenerateSecretString")
            if not settings or props.get("SecretString"):
                return original(props)
            password = _random_password(secrets, settings)
            if "SecretStringTemplate" not in settings:
                return password
            return json.dumps(json.loads(settings["SecretStringTemplate"])
                              | {settings.get("GenerateStringKey", "password"): password})
        return run

    wrap(prov, "_sm_secret_string", generating)

    def name_of(physical_id):
        return next((name for name, secret in secrets._secrets.items() if secret["ARN"] == physical_id), physical_id)

    def create(original):
        def run(logical_id, props, stack_name):
            _name, attrs = original(logical_id, props, stack_name)
            return attrs["Arn"], attrs
        return run

    def update(original):
        def run(physical_id, old_props, new_props, stack_name, logical_id=None):
            _name, attrs = original(name_of(physical_id), old_props, new_props, stack_name, logical_id)
            return attrs["Arn"], attrs
        return run

    def delete(original):
        def run(physical_id, props):
            return original(name_of(physical_id), props)
        return run

    # Replacement on a rename calls the plain functions by their module names, which return and take names.
    for action, make in (("create", create), ("update", update), ("delete", delete)):
        handlers = prov._RESOURCE_HANDLERS[SECRET]
        handlers[action] = make(handlers[action])
