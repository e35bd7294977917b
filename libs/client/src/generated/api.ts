// Generated from the OpenAPI document of the gateway by `npm run client:types`.

export interface paths {
    "/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Log in a local user with e-mail address and password */
        post: operations["logIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End the session of this request */
        post: operations["logOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set the password of a local user with a one-time token
         * @description Ends every session of the user.
         */
        post: operations["setPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/verify-clerk-token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Exchange a Clerk session token for a Gatehouse token; works once per token */
        post: operations["exchangeClerkToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clerk/syncUsers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Create the user after sign-in unless the user exists, then redirect the browser to its target */
        get: operations["syncMeAndRedirect"];
        put?: never;
        /** Create the signed-in Clerk user here unless the user exists, and return the user */
        post: operations["syncMe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show who I am, by which credential, and when it expires */
        get: operations["getCaller"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show which verifier accepted this request and what it checked */
        get: operations["explainCredential"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show my profile */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Update my profile; fields that come from Clerk are changed at Clerk */
        patch: operations["updateMe"];
        trace?: never;
    };
    "/api/me/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export everything that is stored about me
         * @description One JSON document, sent as it is read. Its last member is `complete`. If something fails on the way, the connection is closed before that: the document is then incomplete and no valid JSON, so request it again. 429 while an export of the same user is running. Rejects sessions in which somebody else acts as the user.
         */
        get: operations["exportMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/referral": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show my referral code, and the code that I have used */
        get: operations["getReferral"];
        put?: never;
        /**
         * Use the referral code of another user, once, within 24 hours of my first login
         * @description The same code again changes nothing and answers the same, so the request can be repeated. Rejected codes: 422 `referral_code_unknown`; 409 `referral_own_code`, `referral_used`, `referral_too_late`, `referral_mutual`.
         */
        post: operations["useReferralCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth-sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List my sessions, the last used first
         * @description Sessions of Gatehouse and of Clerk; API keys are not sessions. `clerk` is `unavailable` when Clerk did not answer in time: the list then has the sessions of Gatehouse alone. `none`: the user has no sessions at Clerk. `truncated` tells that there are more sessions.
         */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        /**
         * Sign out everywhere; responds when no gateway accepts the sessions any more
         * @description `closed` counts the Gatehouse sessions that were closed. `clerk` is `revoked` when Clerk has revoked its sessions, `pending` when it did not answer in time: Gatehouse rejects the sessions meanwhile, and keeps trying. `none`: no session of Clerk was ended.
         */
        delete: operations["endSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth-sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End one of my sessions; responds when no gateway accepts it any more
         * @description `closed` counts the Gatehouse sessions that were closed. `clerk` is `revoked` when Clerk has revoked its sessions, `pending` when it did not answer in time: Gatehouse rejects the sessions meanwhile, and keeps trying. `none`: no session of Clerk was ended.
         */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List my API keys, newest first, without their secrets */
        get: operations["listKeys"];
        put?: never;
        /**
         * Create an API key; its secret is shown only in this response
         * @description `GET /api/scopes` lists the scopes. With an `Idempotency-Key`, the session that got the response can get it again for 10 minutes. After that, and to other sessions, a repetition is 409 `idempotency_secret_gone`. It never creates another key.
         */
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replace one of my API keys; the old key stays valid for the grace period
         * @description `stillValid` lists older keys of the same rotation line that stay valid. With `predecessors`, the keys that the old key replaced are revoked at once.
         */
        post: operations["rotateKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke one of my API keys; responds when no gateway accepts it any more
         * @description With `predecessors=true`, also revokes the keys that this key replaced by rotation. `stillValid` lists the older and newer keys of the same rotation line that stay valid.
         */
        delete: operations["revokeKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/scopes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the scopes of API keys; either side of a scope may be * */
        get: operations["listScopes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the last imports, newest first, with their progress */
        get: operations["listUserImports"];
        put?: never;
        /** Upload users as CSV or JSON Lines, and plan their import row by row; changes no user */
        post: operations["uploadUserImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/import/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show an import: its state, progress, plan and outcomes by number of rows */
        get: operations["getUserImport"];
        put?: never;
        post?: never;
        /** Discard an upload or a plan that was not approved */
        delete: operations["discardUserImport"];
        options?: never;
        head?: never;
        /** Continue the upload of an import at an offset, for example after it broke off */
        patch: operations["continueUserImport"];
        trace?: never;
    };
    "/admin/users/import/{id}/rows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the rows of an import in the order of the file: what is planned, why, and what became of it */
        get: operations["listUserImportRows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/import/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Approve the plan of an import, which is then applied row by row */
        post: operations["approveUserImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/import/{id}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Undo an import within 30 days, where nobody has changed its users since */
        post: operations["undoUserImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List users, newest first; all filters together
         * @description With `updatedSince`, lists users in the order of their changes, deleted users too. A copy of the users needs no other filter: a filter compares what users are now, so a changed user may leave the list.
         */
        get: operations["listUsers"];
        put?: never;
        /** Create a local user and a one-time token that sets its password */
        post: operations["createUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a user, by its id, Clerk id (user_…), e-mail address or phone number */
        get: operations["getUser"];
        put?: never;
        post?: never;
        /**
         * Delete a local user, for ever, and all its own data; responds when no gateway accepts it any more
         * @description A Clerk user is 409 `conflict`: delete it at Clerk. Repeatable with our id: if `userData` is null, or `userData.complete` is false, data is left.
         */
        delete: operations["deleteUser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{id}/role": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Set the role of a user; responds when every gateway applies it */
        put: operations["setUserRole"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{id}/tier": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Set the tier of a user; responds when every gateway applies it */
        put: operations["setUserTier"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{id}/deactivate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Deactivate a user; responds when no gateway accepts it any more */
        post: operations["deactivateUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{id}/reactivate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reactivate a user whom an admin has deactivated */
        post: operations["reactivateUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{id}/activate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Former name of `POST /admin/users/{id}/reactivate`
         * @deprecated
         */
        post: operations["activateUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{id}/stripe-customer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Set or remove the Stripe customer id of a user */
        put: operations["setUserStripeCustomer"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{id}/password-token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Issue another one-time token that sets the password of a local user; invalidates earlier ones */
        post: operations["issuePasswordToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{id}/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Fetch a user from Clerk and apply it */
        post: operations["syncUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{id}/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Explain the state of a user: observations, decisions and their reasons */
        get: operations["explainUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{id}/auth-sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the sessions of a user, the last used first
         * @description Sessions of Gatehouse and of Clerk; API keys are not sessions. `clerk` is `unavailable` when Clerk did not answer in time: the list then has the sessions of Gatehouse alone. `none`: the user has no sessions at Clerk. `truncated` tells that there are more sessions.
         */
        get: operations["listUserSessions"];
        put?: never;
        post?: never;
        /**
         * Sign a user out everywhere; responds when no gateway accepts the sessions any more
         * @description `closed` counts the Gatehouse sessions that were closed. `clerk` is `revoked` when Clerk has revoked its sessions, `pending` when it did not answer in time: Gatehouse rejects the sessions meanwhile, and keeps trying. `none`: no session of Clerk was ended.
         */
        delete: operations["endUserSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{id}/auth-sessions/{sessionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End one session of a user; responds when no gateway accepts it any more
         * @description `closed` counts the Gatehouse sessions that were closed. `clerk` is `revoked` when Clerk has revoked its sessions, `pending` when it did not answer in time: Gatehouse rejects the sessions meanwhile, and keeps trying. `none`: no session of Clerk was ended.
         */
        delete: operations["endUserSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List API keys of one user or of all users, newest first */
        get: operations["listAllKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke any user's API key; responds when no gateway accepts it any more
         * @description With `predecessors=true`, also revokes the keys that this key replaced by rotation. `stillValid` lists the older and newer keys of the same rotation line that stay valid.
         */
        delete: operations["revokeAnyKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{id}/quotas": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show the limits of a user and what is left; audited */
        get: operations["getUserQuotas"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{id}/quotas/{kind}/ledger": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List every movement of a quota of a user, newest first; audited */
        get: operations["listQuotaMovements"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{id}/quotas/{kind}/grants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Raise the quota of a user for the current month; audited
         * @description Send an `Idempotency-Key`: without one, a repeated request grants twice.
         */
        post: operations["grantQuota"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{id}/quotas/{kind}/limit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Set the limit of a user instead of the limit of the tier; applies at once; audited */
        put: operations["setQuotaLimit"];
        post?: never;
        /** Remove the limit of a user, so that the limit of the tier applies again; audited */
        delete: operations["removeQuotaLimit"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/webhook-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List webhook events, newest first */
        get: operations["listWebhookEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/webhook-events/tail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow webhook events: those that are new or have changed since the request before */
        get: operations["tailWebhookEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/webhook-events/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a webhook event, by its id or its webhook id (msg_…) */
        get: operations["getWebhookEvent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/webhook-events/redrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Redrive events by filter, one page per request; dryRun changes nothing */
        post: operations["redriveWebhookEvents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/webhook-events/{id}/redrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Redrive one event, by its id or its webhook id (msg_…); dryRun in body or query changes nothing */
        post: operations["redriveWebhookEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/webhook-events/redrives": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List redrives and who started them, newest first */
        get: operations["listRedrives"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/webhook-events/redrives/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a redrive and its progress */
        get: operations["getRedrive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/webhook-events/payloads/{user}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Erase all stored payloads and all own data of a user that Clerk has deleted; with force, of any user
         * @description Repeatable: erases what was written since. If `userData.complete` is false, more rows are left: repeat it.
         */
        delete: operations["eraseUser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/rejected-deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the rejected deliveries that are kept, newest first */
        get: operations["listRejectedDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show counts, latencies, open events, the webhook secrets in use, and whether webhooks have stopped */
        get: operations["getStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/stats/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show how many events were received, applied and left in each step of the last hours, for charts */
        get: operations["getStatsSeries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/gateways": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the gateways with their leases, and the last trust change that each has acknowledged */
        get: operations["listGateways"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/reconcile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the last reconcile runs, newest first, with their progress */
        get: operations["listReconcileRuns"];
        put?: never;
        /** Start a reconcile run; also fills an empty database */
        post: operations["startReconcileRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/reconcile/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a reconcile run: users done, rate, remaining, changes by kind */
        get: operations["getReconcileRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/reconcile/{id}/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the users whom an approval of a run would delete, or whom an undo would restore */
        get: operations["listReconcileUsers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/reconcile/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Approve the deletions of a run that stopped because it found too many */
        post: operations["approveReconcileRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/reconcile/{id}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Undo the deletions of a run, until they are redacted after 24 hours */
        post: operations["undoReconcileRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/conflicts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List conflicts of users over an address, newest first; by default only open ones */
        get: operations["listConflicts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/write-backs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List write-backs of user ids and roles to Clerk, by state */
        get: operations["listWriteBacks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/write-backs/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Retry dead write-backs, of the given users or of all */
        post: operations["retryWriteBacks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/metadata-collisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List foreign values in publicMetadata at keys that Gatehouse writes */
        get: operations["listMetadataCollisions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/metadata-collisions/take": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Overwrite open collisions with our values, selected by ids or filter; dryRun only counts */
        post: operations["takeMetadataCollisions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/metadata-collisions/leave": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keep Clerk's values of open collisions, selected by ids or filter; dryRun only counts */
        post: operations["leaveMetadataCollisions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/metadata-collisions/{id}/take": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Overwrite Clerk's value with ours, unless Clerk's value has changed since */
        post: operations["takeMetadataCollision"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/metadata-collisions/{id}/leave": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keep Clerk's value until it becomes another foreign value */
        post: operations["leaveMetadataCollision"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the entries of the audit log, newest first */
        get: operations["listAuditEntries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/gate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show which gate policy this gateway uses, and why a newer one is rejected */
        get: operations["getGatePolicy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/gate/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Explain which route of the gate policy decides on a request, and why each earlier one does not
         * @description No request is made, and none is counted. Credentials and rate limits are not considered.
         */
        get: operations["explainGateRequest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{id}/referrals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the users who have used the referral code of a user, newest first */
        get: operations["listUserReferrals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show what is left of my tokens in this month */
        get: operations["getTokenQuota"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tokens/consume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Consume some of my tokens, all or nothing */
        post: operations["consumeTokens"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tokens/reservations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reserve some of my tokens until it is known how many are used
         * @description The reservation holds its amount until it is committed or released, for at most `ttlSeconds`.
         */
        post: operations["reserveTokens"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tokens/reservations/{id}/commit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Settle a reservation with the number of tokens that were used
         * @description The amount may be less or more than was reserved; more can make `remaining` negative. Counts also after the reservation has expired. The same commit again has the same response; another amount, or a commit after a release, is 409 `conflict`.
         */
        post: operations["commitReservation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tokens/reservations/{id}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Return a reservation of which nothing was used
         * @description The same release again has the same response; a release after a commit is 409 `conflict`.
         */
        post: operations["releaseReservation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show what is left of my uploads in this month, and list recorded documents, newest first */
        get: operations["listUploads"];
        put?: never;
        /**
         * Record one document that was uploaded elsewhere, against the quota of uploads
         * @description Gatehouse stores no documents.
         */
        post: operations["recordUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List items
         * @description A `cursor` belongs to its user, filter and sort order; only `limit` may change. A page ends early when its texts are large: only `nextCursor: null` means the last page.
         */
        get: operations["listItems"];
        put?: never;
        /** Create an item */
        post: operations["createItem"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/items/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show an item */
        get: operations["getItem"];
        put?: never;
        post?: never;
        /** Delete an item */
        delete: operations["deleteItem"];
        options?: never;
        head?: never;
        /**
         * Change an item
         * @description Replaces each given field as a whole, and keeps the others.
         */
        patch: operations["updateItem"];
        trace?: never;
    };
    "/admin/users/{id}/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List items of a user, as that user; audited
         * @description A `cursor` belongs to its user, filter and sort order; only `limit` may change. A page ends early when its texts are large: only `nextCursor: null` means the last page.
         */
        get: operations["listUserItems"];
        put?: never;
        /** Create an item of a user, as that user; audited */
        post: operations["createUserItem"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{id}/items/{resourceId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show an item of a user, as that user; audited */
        get: operations["getUserItem"];
        put?: never;
        post?: never;
        /** Delete an item of a user, as that user; audited */
        delete: operations["deleteUserItem"];
        options?: never;
        head?: never;
        /**
         * Change an item of a user, as that user; audited
         * @description Replaces each given field as a whole, and keeps the others.
         */
        patch: operations["updateUserItem"];
        trace?: never;
    };
    "/api/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List templates
         * @description A `cursor` belongs to its user, filter and sort order; only `limit` may change. A page ends early when its texts are large: only `nextCursor: null` means the last page.
         */
        get: operations["listTemplates"];
        put?: never;
        /** Create a template */
        post: operations["createTemplate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/templates/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a template */
        get: operations["getTemplate"];
        put?: never;
        post?: never;
        /** Delete a template */
        delete: operations["deleteTemplate"];
        options?: never;
        head?: never;
        /**
         * Change a template
         * @description Replaces each given field as a whole, and keeps the others.
         */
        patch: operations["updateTemplate"];
        trace?: never;
    };
    "/admin/users/{id}/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List templates of a user, as that user; audited
         * @description A `cursor` belongs to its user, filter and sort order; only `limit` may change. A page ends early when its texts are large: only `nextCursor: null` means the last page.
         */
        get: operations["listUserTemplates"];
        put?: never;
        /** Create a template of a user, as that user; audited */
        post: operations["createUserTemplate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{id}/templates/{resourceId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a template of a user, as that user; audited */
        get: operations["getUserTemplate"];
        put?: never;
        post?: never;
        /** Delete a template of a user, as that user; audited */
        delete: operations["deleteUserTemplate"];
        options?: never;
        head?: never;
        /**
         * Change a template of a user, as that user; audited
         * @description Replaces each given field as a whole, and keeps the others.
         */
        patch: operations["updateUserTemplate"];
        trace?: never;
    };
    "/api/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List assistant sessions
         * @description A `cursor` belongs to its user, filter and sort order; only `limit` may change. A page ends early when its texts are large: only `nextCursor: null` means the last page.
         */
        get: operations["listAssistantSessions"];
        put?: never;
        /** Create an assistant session */
        post: operations["createAssistantSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show an assistant session */
        get: operations["getAssistantSession"];
        put?: never;
        post?: never;
        /** Delete an assistant session */
        delete: operations["deleteAssistantSession"];
        options?: never;
        head?: never;
        /**
         * Change an assistant session
         * @description Replaces each given field as a whole, and keeps the others.
         */
        patch: operations["updateAssistantSession"];
        trace?: never;
    };
    "/admin/users/{id}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List assistant sessions of a user, as that user; audited
         * @description A `cursor` belongs to its user, filter and sort order; only `limit` may change. A page ends early when its texts are large: only `nextCursor: null` means the last page.
         */
        get: operations["listUserAssistantSessions"];
        put?: never;
        /** Create an assistant session of a user, as that user; audited */
        post: operations["createUserAssistantSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{id}/sessions/{resourceId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show an assistant session of a user, as that user; audited */
        get: operations["getUserAssistantSession"];
        put?: never;
        post?: never;
        /** Delete an assistant session of a user, as that user; audited */
        delete: operations["deleteUserAssistantSession"];
        options?: never;
        head?: never;
        /**
         * Change an assistant session of a user, as that user; audited
         * @description Replaces each given field as a whole, and keeps the others.
         */
        patch: operations["updateUserAssistantSession"];
        trace?: never;
    };
    "/api/realtime": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Receive my changes as they happen
         * @description Server-sent events about the profile, quotas, items, templates and assistant sessions of the caller. The first event is `resumed` or `reset`; after `reset`, fetch everything. Other events are `profile`, `tokens`, `uploads`, `item`, `template` and `assistant-session`, whose `data` is a `LiveChange`, `heartbeat` every 15 s, and `closed` with the reason. Versions never go back, except after `reset`; versions in between may be missing. An API key gets the kinds that its scopes may read.
         */
        get: operations["streamChanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AdminUser: {
            /** Format: uuid */
            id: string;
            clerkUserId: string | null;
            /** @enum {string} */
            authProvider: "local" | "clerk";
            email: string | null;
            emailVerified: boolean;
            phoneNumber: string | null;
            phoneVerified: boolean;
            firstName: string | null;
            lastName: string | null;
            fullName: string;
            username: string | null;
            ownerName: string | null;
            profileImageUrl: string | null;
            role: components["schemas"]["Role"];
            isActive: boolean;
            subscription: components["schemas"]["Tier"];
            bio: string | null;
            website: string | null;
            socialLinks: {
                [key: string]: string;
            };
            shopName: string | null;
            city: string | null;
            state: string | null;
            pincode: string | null;
            referralCode: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** Format: date-time */
            lastLoginAt: string | null;
            /** Format: date-time */
            lastActiveAt: string | null;
            /** @default 0 */
            version: number;
            isSynced: boolean;
            clerkBanned: boolean;
            /** @default false */
            clerkDeprovisioned: boolean;
            clerkLocked: boolean;
            /**
             * Format: date-time
             * @default null
             */
            clerkLockoutExpiresAt: string | null;
            /** Format: date-time */
            clerkUpdatedAt: string | null;
            /** Format: date-time */
            deletedAt: string | null;
            /**
             * Format: uuid
             * @default null
             */
            referredBy: string | null;
            /**
             * Format: date-time
             * @default null
             */
            referredAt: string | null;
            /** @default null */
            stripeCustomerId: string | null;
            /** @default null */
            externalId: string | null;
        };
        AdminUserPage: {
            items: components["schemas"]["AdminUser"][];
            nextCursor: string | null;
            /** Format: date-time */
            nextUpdatedSince?: string | null;
        };
        ApiKey: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            userId: string;
            name: string;
            prefix: string;
            scopes: string[];
            /**
             * @example active
             * @example rotated
             * @example expired
             * @example revoked
             */
            state: string;
            rateLimit: number | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            expiresAt: string | null;
            /** Format: date-time */
            lastUsedAt: string | null;
            /** Format: date-time */
            revokedAt: string | null;
            /** Format: uuid */
            replacedBy: string | null;
        };
        ApiKeyDraft: {
            name: string;
            scopes: string[];
            /** Format: date-time */
            expiresAt?: string | null;
            rateLimit?: number | null;
        };
        ApiKeyPage: {
            items: components["schemas"]["ApiKey"][];
            nextCursor: string | null;
        };
        AssistantSession: {
            /** Format: uuid */
            id: string;
            name: string;
            /**
             * @example active
             * @example paused
             * @example archived
             */
            status: string;
            settings: {
                model?: string;
                temperature?: number;
            } & {
                [key: string]: unknown;
            };
            version: number;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        AssistantSessionDraft: {
            name: string;
            /**
             * @default active
             * @enum {string}
             */
            status?: "active" | "paused" | "archived";
            /** @default {} */
            settings?: {
                model?: string;
                temperature?: number;
            } & {
                [key: string]: unknown;
            };
        };
        AssistantSessionPage: {
            items: components["schemas"]["AssistantSession"][];
            nextCursor: string | null;
        };
        AssistantSessionPatch: {
            name?: string;
            /** @enum {string} */
            status?: "active" | "paused" | "archived";
            settings?: {
                model?: string;
                temperature?: number;
            } & {
                [key: string]: unknown;
            };
        };
        AuditEntry: {
            id: string;
            /** Format: date-time */
            at: string;
            /**
             * Format: date-time
             * @default null
             */
            recordedAt: string | null;
            /**
             * @example key.create
             * @example key.rotate
             * @example key.revoke
             * @example login.password
             * @example login.phone
             * @example console.code
             * @example console.sign_in
             * @example logout
             * @example session.list
             * @example session.end
             * @example session.end_all
             * @example password.token
             * @example password.set
             * @example profile.update
             * @example me.export
             * @example referral.use
             * @example user.create
             * @example user.role
             * @example user.tier
             * @example user.deactivate
             * @example user.activate
             * @example user.delete
             * @example user.stripe_customer
             * @example user.sync
             * @example admin_promise.make
             * @example admin_promise.use
             * @example admin_promise.expire
             * @example admin_promise.cancel
             * @example reconcile.start
             * @example reconcile.approve
             * @example reconcile.undo
             * @example user_import.upload
             * @example user_import.approve
             * @example user_import.undo
             * @example user_import.discard
             * @example user_import.apply
             * @example user_import.revert
             * @example write_back.retry
             * @example metadata_collision.take
             * @example metadata_collision.leave
             * @example events.redrive
             * @example payloads.erase
             * @example impersonation
             * @example access.refused
             * @example data.read
             * @example data.list
             * @example data.create
             * @example data.update
             * @example data.delete
             * @example data.erase
             * @example quota.read
             * @example quota.grant
             * @example quota.override
             */
            action: string;
            /**
             * @example done
             * @example refused
             */
            outcome: string;
            reason: string | null;
            /** Format: uuid */
            actorUserId: string | null;
            /**
             * @example api_key
             * @example clerk_session
             * @example legacy_jwt
             */
            method: string | null;
            credentialId: string | null;
            /** Format: uuid */
            userId: string | null;
            subject: string | null;
            requestId: string;
            /** @default null */
            clientRequestId: string | null;
            sourceIp: string | null;
            userAgent: string | null;
            details: {
                [key: string]: unknown;
            };
        };
        AuditEntryPage: {
            items: components["schemas"]["AuditEntry"][];
            nextCursor: string | null;
        };
        /** @enum {string} */
        AuthMethod: "api_key" | "clerk_session" | "legacy_jwt";
        AuthSessionId: string;
        Caller: {
            principal: components["schemas"]["Principal"];
            credential: {
                method: components["schemas"]["AuthMethod"];
                sessionId: string | null;
                /** Format: date-time */
                issuedAt: string | null;
                /** Format: date-time */
                expiresAt: string | null;
                authorizedParty: string | null;
                actor: string | null;
            };
        };
        ChangedUser: {
            user: components["schemas"]["AdminUser"];
            propagation: components["schemas"]["Propagation"] | null;
        };
        CreatedUser: {
            user: components["schemas"]["AdminUser"];
            passwordToken: components["schemas"]["PasswordToken"];
        };
        CredentialExplanation: {
            order: number;
            verifier: components["schemas"]["AuthMethod"];
            checks: string[];
            principal: components["schemas"]["Principal"];
            changes: {
                number: number;
                trusting: boolean;
            };
        };
        DecidedMetadataCollisions: {
            matched: number;
            decided: number;
            remaining: number;
            dryRun: boolean;
        };
        DeletedUser: {
            user: components["schemas"]["AdminUser"];
            propagation: components["schemas"]["Propagation"] | null;
            userData: components["schemas"]["UserDataErasure"] | null;
        };
        Deletion: {
            /** Format: uuid */
            id: string;
            deleted: boolean;
        };
        DescribedScope: {
            scope: string;
            description: string;
            /**
             * @example gatehouse
             * @example policy
             */
            source: string;
        };
        EndedSessions: {
            closed: number;
            /**
             * @example revoked
             * @example pending
             * @example none
             */
            clerk: string;
            propagation: components["schemas"]["Propagation"] | null;
        };
        EventRedrive: {
            /** @default false */
            dryRun?: boolean;
        };
        EventReference: {
            id: string;
            webhookId: string;
            /** Format: date-time */
            at: string;
        };
        EventSeries: {
            /** Format: date-time */
            at: string;
            /** Format: date-time */
            since: string;
            /** Format: date-time */
            until: string;
            stepSeconds: number;
            points: components["schemas"]["EventSeriesPoint"][];
        };
        EventSeriesPoint: {
            /** Format: date-time */
            at: string;
            received: number;
            rejected: number;
            applied: number;
            failed: number;
            ignored: number;
            retries: number;
            p50Ms: number | null;
            p99Ms: number | null;
            backlog: number;
        };
        EventStats: {
            /** Format: date-time */
            at: string;
            /** Format: date-time */
            since: string;
            byStatus: {
                [key: string]: number;
            };
            byType: {
                eventType: string;
                count: number;
            }[];
            byHour: {
                /** Format: date-time */
                hour: string;
                count: number;
                failed: number;
            }[];
            retries: number;
            open: {
                pending: number;
                processing: number;
                retrying: number;
                dead: number;
            };
            oldestUnpublished: components["schemas"]["EventReference"] | null;
            oldestUnapplied: components["schemas"]["EventReference"] | null;
            receivedToApplied: {
                events: number;
                p50Ms: number | null;
                p99Ms: number | null;
            };
            lastEvent: {
                /** Format: date-time */
                at: string;
                eventType: string;
            } | null;
            secrets: {
                fingerprint: string | null;
                configured: boolean;
                deliveries: number;
                /** Format: date-time */
                lastAt: string | null;
            }[];
            rejected: {
                kept: number;
                /** Format: date-time */
                lastAt: string | null;
            };
            silence: {
                /**
                 * @example heard
                 * @example quiet
                 * @example alarm
                 * @example unknown
                 */
                state: string;
                reason: string;
                sinceMs: number | null;
                thresholdMs: number;
                longestBeforeMs: number | null;
                /** Format: date-time */
                movedAt: string | null;
            };
        };
        ExchangedToken: {
            /** @constant */
            success: true;
            token: string;
            /** Format: date-time */
            expiresAt: string;
            isNewUser: boolean;
            user: components["schemas"]["ExchangedUser"];
            referral: components["schemas"]["ReferralOutcome"] | null;
        };
        ExchangedUser: {
            /** Format: uuid */
            id: string;
            clerkUserId: string | null;
            /** @enum {string} */
            authProvider: "local" | "clerk";
            email: string | null;
            emailVerified: boolean;
            phoneNumber: string | null;
            phoneVerified: boolean;
            firstName: string | null;
            lastName: string | null;
            fullName: string;
            username: string | null;
            ownerName: string | null;
            profileImageUrl: string | null;
            role: components["schemas"]["Role"];
            isActive: boolean;
            subscription: components["schemas"]["Tier"];
            bio: string | null;
            website: string | null;
            socialLinks: {
                [key: string]: string;
            };
            shopName: string | null;
            city: string | null;
            state: string | null;
            pincode: string | null;
            referralCode: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** Format: date-time */
            lastLoginAt: string | null;
            /** Format: date-time */
            lastActiveAt: string | null;
            /** @default 0 */
            version: number;
            quotas: components["schemas"]["UserQuotas"] | null;
            subscriptionStatus: components["schemas"]["Tier"];
            tokensMonthlyLimit: number | null;
            tokensUsed: number | null;
            tokensRemaining: number | null;
            monthlyUploadLimit: number | null;
            uploadsUsedThisMonth: number | null;
            uploadsRemaining: number | null;
            documentsUploaded: number | null;
        };
        ExportedAuditEntry: {
            id: string;
            /** Format: date-time */
            at: string;
            /**
             * @example key.create
             * @example key.rotate
             * @example key.revoke
             * @example login.password
             * @example login.phone
             * @example console.code
             * @example console.sign_in
             * @example logout
             * @example session.list
             * @example session.end
             * @example session.end_all
             * @example password.token
             * @example password.set
             * @example profile.update
             * @example me.export
             * @example referral.use
             * @example user.create
             * @example user.role
             * @example user.tier
             * @example user.deactivate
             * @example user.activate
             * @example user.delete
             * @example user.stripe_customer
             * @example user.sync
             * @example admin_promise.make
             * @example admin_promise.use
             * @example admin_promise.expire
             * @example admin_promise.cancel
             * @example reconcile.start
             * @example reconcile.approve
             * @example reconcile.undo
             * @example user_import.upload
             * @example user_import.approve
             * @example user_import.undo
             * @example user_import.discard
             * @example user_import.apply
             * @example user_import.revert
             * @example write_back.retry
             * @example metadata_collision.take
             * @example metadata_collision.leave
             * @example events.redrive
             * @example payloads.erase
             * @example impersonation
             * @example access.refused
             * @example data.read
             * @example data.list
             * @example data.create
             * @example data.update
             * @example data.delete
             * @example data.erase
             * @example quota.read
             * @example quota.grant
             * @example quota.override
             */
            action: string;
            /**
             * @example done
             * @example refused
             */
            outcome: string;
            reason: string | null;
            /** Format: uuid */
            actorUserId: string | null;
            /**
             * @example api_key
             * @example clerk_session
             * @example legacy_jwt
             */
            method: string | null;
            credentialId: string | null;
            /** Format: uuid */
            userId: string | null;
            subject: string | null;
            requestId: string;
            sourceIp: string | null;
            userAgent: string | null;
            details: {
                [key: string]: unknown;
            };
        };
        ExportedWebhookEvent: {
            id: string;
            webhookId: string;
            eventType: string;
            /**
             * @example pending
             * @example processing
             * @example success
             * @example failed
             * @example invalid
             * @example ignored
             */
            status: string;
            /** Format: date-time */
            occurredAt: string | null;
            /** Format: date-time */
            createdAt: string;
            payload: unknown;
        };
        GateExplanation: {
            /** @enum {string} */
            outcome: "route" | "gatehouse" | "unmatched" | "rejected";
            detail: string;
            /** @description The route that decides; null if none does. */
            route: components["schemas"]["GateRoute"] | null;
            /** @description What holds for Clerk's session cookie; null if the route does not accept it. */
            cookie: {
                /** @description Origins whose pages may use it for more than GET and HEAD of the same origin. */
                origins: string[];
                /** @description Where a navigation without a session is sent; null: it gets 401, because SIGN_IN_URL is not set. */
                signInUrl: string | null;
            } | null;
            /** @description The routes up to the one that decides; all of them if none does. */
            tried: components["schemas"]["TriedRoute"][];
            policy: components["schemas"]["GatePolicy"];
        };
        GatePolicy: {
            /** @description SHA-256 of the policy in use, as `gate:check` prints it; null without one. */
            sha256: string | null;
            /**
             * Format: date-time
             * @description When this gateway took it into use.
             */
            loadedAt: string | null;
            routes: {
                public: number;
                user: number;
                admin: number;
            };
            upstreams: string[];
            scopes: string[];
            /** @description Why a newer content of the file is not in use; null if there is none. */
            rejected: {
                /** Format: date-time */
                since: string;
                problem: string;
            } | null;
        };
        GateRoute: {
            /** @description Place in the file, from 0. */
            index: number;
            /** @description null: every host. */
            host: string | null;
            path: string;
            /** @description null: every method. */
            methods: string[] | null;
            /** @description null: a service behind forward auth alone. */
            upstream: string | null;
            audience: string;
            /** @enum {string} */
            access: "public" | "user" | "admin";
            /** @description Scope that an API key needs. */
            scope: string | null;
            roles: components["schemas"]["Role"][] | null;
            tiers: components["schemas"]["Tier"][] | null;
            credentials: ("bearer" | "api_key" | "cookie")[];
            /** @enum {string} */
            rateClass: "gate-read" | "gate-write";
        };
        GatewayLease: {
            /** Format: uuid */
            id: string;
            live: boolean;
            /** Format: date-time */
            leaseExpiresAt: string;
            acknowledged: number;
        };
        GatewayList: {
            current: number;
            complete: boolean;
            items: components["schemas"]["GatewayLease"][];
        };
        IssuedPasswordToken: {
            passwordToken: components["schemas"]["PasswordToken"];
        };
        Item: {
            /** Format: uuid */
            id: string;
            title: string;
            description: string | null;
            version: number;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        ItemDraft: {
            title: string;
            /** @default null */
            description?: string | null;
        };
        ItemPage: {
            items: components["schemas"]["Item"][];
            nextCursor: string | null;
        };
        ItemPatch: {
            title?: string;
            description?: string | null;
        };
        Limit: {
            /**
             * @example tokens
             * @example uploads
             * @example items
             * @example templates
             * @example sessions
             */
            kind: string;
            tierLimit: number;
            override: {
                limit: number;
                reason: string | null;
                /** Format: date-time */
                setAt: string;
                /** Format: uuid */
                setBy: string;
            } | null;
            granted: number | null;
            limit: number;
            used: number;
            reserved: number | null;
            remaining: number;
            openReservations: number | null;
            period: string | null;
            /** Format: date-time */
            renewsAt: string | null;
        };
        LimitChange: {
            limit: number;
            /** @default null */
            reason?: string | null;
        };
        /** @enum {string} */
        LimitKind: "tokens" | "uploads" | "items" | "templates" | "sessions";
        LiveChange: {
            /** Format: uuid */
            id: string;
            version: number;
            changed: string[];
            /** Format: date-time */
            at: string;
            data: (components["schemas"]["Item"] | components["schemas"]["Template"] | components["schemas"]["AssistantSession"] | {
                /** Format: uuid */
                id: string;
                clerkUserId: string | null;
                email: string | null;
                emailVerified: boolean;
                phoneNumber: string | null;
                phoneVerified: boolean;
                firstName: string | null;
                lastName: string | null;
                fullName: string;
                username: string | null;
                profileImageUrl: string | null;
                role: components["schemas"]["Role"];
                isActive: boolean;
                subscription: components["schemas"]["Tier"];
                /** Format: date-time */
                createdAt: string;
            } | components["schemas"]["UploadQuota"] | components["schemas"]["Quota"]) | null;
        };
        /**
         * @description Server-sent events. The `data` of a change is a `LiveChange`.
         * @example event: reset
         *     data: {"reason":"new"}
         *     id: mfqf2o00.a1-mfqf2o01.b7
         *
         *     event: item
         *     data: {"id":"019b8e4a-7c1e-7c3e-8f5a-2f7f1c9d0a42","version":3,"changed":[],"at":"2026-01-05T10:00:00.000Z","data":null}
         *     id: mfqf2o00.a1-mfqf2o01.b8
         */
        LiveEvents: string;
        LoggedIn: {
            /** @constant */
            success: true;
            token: string;
            /** Format: date-time */
            expiresAt: string;
            user: components["schemas"]["User"];
        };
        LoggedOut: {
            /** @constant */
            success: true;
            closed: number;
            propagation: components["schemas"]["Propagation"] | null;
        };
        Login: {
            email: string;
            password: string;
        };
        Me: {
            /** Format: uuid */
            id: string;
            clerkUserId: string | null;
            /** @enum {string} */
            authProvider: "local" | "clerk";
            email: string | null;
            emailVerified: boolean;
            phoneNumber: string | null;
            phoneVerified: boolean;
            firstName: string | null;
            lastName: string | null;
            fullName: string;
            username: string | null;
            ownerName: string | null;
            profileImageUrl: string | null;
            role: components["schemas"]["Role"];
            isActive: boolean;
            subscription: components["schemas"]["Tier"];
            bio: string | null;
            website: string | null;
            socialLinks: {
                [key: string]: string;
            };
            shopName: string | null;
            city: string | null;
            state: string | null;
            pincode: string | null;
            referralCode: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** Format: date-time */
            lastLoginAt: string | null;
            /** Format: date-time */
            lastActiveAt: string | null;
            /** @default 0 */
            version: number;
            quotas: components["schemas"]["UserQuotas"] | null;
        };
        MetadataCollision: {
            id: string;
            /** Format: uuid */
            userId: string;
            clerkUserId: string | null;
            key: string;
            clerkValue: string | null;
            ourValue: string | null;
            /**
             * @example open
             * @example taking
             * @example left
             * @example taken
             * @example gone
             */
            state: string;
            /** Format: date-time */
            detectedAt: string;
            /** Format: date-time */
            decidedAt: string | null;
            /** Format: date-time */
            endedAt: string | null;
        };
        MetadataCollisionPage: {
            items: components["schemas"]["MetadataCollision"][];
            nextCursor: string | null;
        };
        MetadataCollisionSelection: {
            ids?: string[];
            filter?: {
                key: string;
                value?: unknown;
            };
            /** @default false */
            dryRun?: boolean;
        };
        MetadataState: {
            key: string;
            ourValue: string | null;
            clerkValue: string | null;
            /**
             * @example ours
             * @example pending
             * @example failed
             * @example collision
             * @example taking
             * @example left
             */
            state: string;
        };
        NewApiKey: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            userId: string;
            name: string;
            prefix: string;
            scopes: string[];
            /**
             * @example active
             * @example rotated
             * @example expired
             * @example revoked
             */
            state: string;
            rateLimit: number | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            expiresAt: string | null;
            /** Format: date-time */
            lastUsedAt: string | null;
            /** Format: date-time */
            revokedAt: string | null;
            /** Format: uuid */
            replacedBy: string | null;
            key: string;
        };
        NewPassword: {
            token: string;
            password: string;
        };
        PasswordSet: {
            /** @constant */
            success: true;
            propagation: components["schemas"]["Propagation"] | null;
        };
        PasswordToken: {
            token: string;
            /** Format: date-time */
            expiresAt: string;
        };
        PhoneLogin: {
            phoneNumber?: string;
            clerkUserId?: string;
            name?: string;
            shopName?: string;
            city?: string;
            state?: string;
            pincode?: string;
            referralCode?: string;
        };
        Principal: {
            /** Format: uuid */
            userId: string;
            clerkUserId: string | null;
            method: components["schemas"]["AuthMethod"];
            role: components["schemas"]["Role"];
            tier: components["schemas"]["Tier"];
            scopes: string[];
            sessionId: string | null;
            /** Format: uuid */
            keyId?: string;
        };
        Problem: {
            type: string;
            title: string;
            status: number;
            code: components["schemas"]["ProblemCode"];
            detail?: string;
            requestId: string;
            errors?: {
                /**
                 * @example path
                 * @example query
                 * @example header
                 * @example body
                 */
                in: string;
                field: string;
                message: string;
            }[];
            quota?: components["schemas"]["QuotaStanding"];
        };
        /** @enum {string} */
        ProblemCode: "credential_repeated" | "credential_conflict" | "credential_in_query" | "credential_malformed" | "session_cookies_conflict" | "credential_scheme_unsupported" | "credential_is_clerk_secret" | "credential_is_clerk_api_key" | "credential_is_clerk_machine_token" | "credential_is_clerk_oauth_token" | "credential_is_publishable_key" | "credential_is_webhook_secret" | "credential_is_identifier" | "credential_unknown" | "api_key_malformed" | "api_key_checksum_invalid" | "api_key_unknown" | "api_key_revoked" | "api_key_expired" | "token_malformed" | "token_too_large" | "token_duplicate_claim" | "token_number_invalid" | "token_crit_unsupported" | "token_alg_unsupported" | "token_issuer_unknown" | "token_type_unsupported" | "token_category_unsupported" | "token_version_unsupported" | "token_key_unknown" | "token_signature_invalid" | "token_claim_invalid" | "token_subject_invalid" | "token_audience_invalid" | "token_id_missing" | "token_revoked" | "token_session_missing" | "token_expired" | "token_not_yet_valid" | "token_party_missing" | "token_party_unlisted" | "token_session_pending" | "token_impersonated" | "invalid_request" | "token_invalid" | "user_deleted" | "invalid_credentials" | "token_used" | "session_ended" | "forbidden" | "identity_mismatch" | "phone_unverified" | "limit_reached" | "not_found" | "conflict" | "last_admin" | "user_ambiguous" | "idempotency_in_progress" | "idempotency_secret_gone" | "referral_own_code" | "referral_used" | "referral_too_late" | "referral_mutual" | "version_mismatch" | "idempotency_key_reused" | "referral_code_unknown" | "quota_exceeded" | "clerk_unavailable" | "clock_skew" | "unavailable" | "bad_request" | "body_incomplete" | "invalid_json" | "json_encoding_invalid" | "json_member_repeated" | "credential_missing" | "user_unknown" | "sign_in_loop" | "account_inactive" | "role_insufficient" | "scope_insufficient" | "session_needed" | "session_refused" | "tier_insufficient" | "route_unknown" | "proxy_not_allowed" | "https_required" | "origin_not_allowed" | "cookie_origin_refused" | "method_not_allowed" | "request_timeout" | "body_too_large" | "path_too_long" | "media_type_unsupported" | "expectation_failed" | "rate_limited" | "too_many_streams" | "headers_too_large" | "internal" | "legacy_tokens_off" | "upstream_failed" | "upstream_unreachable" | "keys_unavailable" | "rate_limit_unavailable" | "realtime_unavailable" | "streams_unavailable" | "upstream_busy" | "upstream_timeout";
        ProfilePatch: {
            ownerName?: string | null;
            bio?: string | null;
            /** Format: uri */
            website?: string | null;
            socialLinks?: {
                [key: string]: string;
            };
            shopName?: string | null;
            city?: string | null;
            state?: string | null;
            pincode?: string | null;
        };
        Propagation: {
            number: number;
            gateways: number;
            acknowledged: number;
            expired: number;
            tookMs: number;
        };
        Quota: {
            period: string;
            limit: number;
            used: number;
            reserved: number;
            remaining: number;
            /** Format: date-time */
            renewsAt: string;
            version?: number;
        };
        QuotaGrant: {
            amount: number;
            reason: string;
        };
        /** @enum {string} */
        QuotaKind: "tokens" | "uploads";
        QuotaMovement: {
            id: string;
            /** Format: date-time */
            at: string;
            /**
             * @example tokens
             * @example uploads
             * @example items
             * @example templates
             * @example sessions
             */
            kind: string;
            /**
             * @example consume
             * @example reserve
             * @example commit
             * @example release
             * @example expire
             * @example grant
             * @example limit_set
             * @example limit_removed
             */
            type: string;
            amount: number;
            period: string | null;
            /** Format: uuid */
            subjectId: string | null;
            usedAfter: number | null;
            reservedAfter: number | null;
            limitAfter: number;
            balanceAfter: number | null;
            /** Format: uuid */
            actorUserId: string | null;
            requestId: string | null;
            reason: string | null;
        };
        QuotaMovementPage: {
            items: components["schemas"]["QuotaMovement"][];
            nextCursor: string | null;
        };
        QuotaStanding: {
            /**
             * @example tokens
             * @example uploads
             */
            kind: string;
            limit: number | null;
            remaining: number | null;
            /** Format: date-time */
            renewsAt: string;
        };
        ReconcileRun: {
            /** Format: uuid */
            id: string;
            /**
             * @example queued
             * @example running
             * @example needs_approval
             * @example done
             * @example refused
             * @example failed
             * @example undone
             */
            state: string;
            /**
             * @example schedule
             * @example admin
             */
            trigger: string;
            message: string | null;
            usersTotal: number | null;
            usersDone: number;
            remaining: number | null;
            usersPerSecond: number | null;
            absences: number;
            changes: {
                [key: string]: number;
            };
            undoable: number;
            /** Format: date-time */
            requestedAt: string;
            /** Format: date-time */
            startedAt: string | null;
            /** Format: date-time */
            updatedAt: string;
            /** Format: date-time */
            finishedAt: string | null;
        };
        ReconcileRunList: {
            items: components["schemas"]["ReconcileRun"][];
        };
        ReconcileUserPage: {
            items: components["schemas"]["AdminUser"][];
            nextCursor: string | null;
        };
        RecordedUpload: {
            period: string;
            limit: number;
            used: number;
            reserved: number;
            remaining: number;
            /** Format: date-time */
            renewsAt: string;
            version?: number;
            documentsUploaded: number;
            upload: components["schemas"]["Upload"];
        };
        Redrive: {
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            at: string;
            /** Format: uuid */
            actorUserId: string | null;
            requestId: string;
            filter: {
                [key: string]: unknown;
            };
            redriven: number;
            progress: {
                [key: string]: number;
            };
            done: boolean;
        };
        RedrivePage: {
            items: components["schemas"]["RedriveSummary"][];
            nextCursor: string | null;
        };
        RedriveRequest: {
            filter: {
                ids?: string[];
                /** @enum {string} */
                status?: "failed" | "ignored";
                type?: string;
                errorCode?: string;
                decision?: string;
                /** Format: date-time */
                since?: string;
                /** Format: date-time */
                until?: string;
                user?: components["schemas"]["UserRef"];
            };
            /** @default false */
            dryRun?: boolean;
            /** @default 100 */
            limit?: number;
            cursor?: string;
            /** Format: uuid */
            redriveId?: string;
        };
        RedriveResult: {
            /** Format: uuid */
            redriveId: string | null;
            dryRun: boolean;
            redriven: number;
            skipped: number;
            items: components["schemas"]["RedrivenEvent"][];
            nextCursor: string | null;
        };
        RedriveSummary: {
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            at: string;
            /** Format: uuid */
            actorUserId: string | null;
            requestId: string;
            filter: {
                [key: string]: unknown;
            };
            redriven: number;
        };
        RedrivenEvent: {
            id: string;
            webhookId: string;
            eventType: string;
            /**
             * @example pending
             * @example processing
             * @example success
             * @example failed
             * @example invalid
             * @example ignored
             */
            status: string;
            clerkUserId: string | null;
            retryCount: number;
            errorMessage: string | null;
            /**
             * @example redrive
             * @example skip
             */
            action: string;
            reason: string | null;
            warning?: string | null;
        };
        Referral: {
            code: string;
            referredUsers: number;
            used: {
                code: string;
                /** Format: date-time */
                at: string;
            } | null;
            canUseCode: boolean;
            /** Format: date-time */
            usableUntil: string | null;
        };
        ReferralCode: {
            code: string;
        };
        ReferralOutcome: {
            /**
             * @example recorded
             * @example rejected
             */
            state: string;
            /**
             * @example referral_code_unknown
             * @example referral_own_code
             * @example referral_used
             * @example referral_too_late
             * @example referral_mutual
             * @example rate_limited
             */
            reason: string | null;
        };
        ReferredUser: {
            /** Format: uuid */
            userId: string;
            clerkUserId: string | null;
            fullName: string;
            isActive: boolean;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            referredAt: string;
            /** Format: date-time */
            deletedAt: string | null;
        };
        ReferredUserPage: {
            items: components["schemas"]["ReferredUser"][];
            nextCursor: string | null;
        };
        RejectedDelivery: {
            id: string;
            /** Format: date-time */
            at: string;
            reason: string;
            webhookId: string | null;
            webhookTimestamp: string | null;
            sourceIp: string | null;
            userAgent: string | null;
            bodySha256: string | null;
            bodySize: number;
            correlationId: string;
        };
        RejectedDeliveryPage: {
            items: components["schemas"]["RejectedDelivery"][];
            nextCursor: string | null;
        };
        Reservation: {
            /** Format: uuid */
            id: string;
            /**
             * @example tokens
             * @example uploads
             */
            kind: string;
            /**
             * @example open
             * @example committed
             * @example released
             * @example expired
             */
            state: string;
            amount: number;
            committedAmount: number | null;
            period: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            expiresAt: string;
            /** Format: date-time */
            settledAt: string | null;
            remaining: number;
        };
        ReservationCommit: {
            amount: number;
        };
        RetriedWriteBacks: {
            retried: number;
        };
        RevokedApiKey: {
            key: components["schemas"]["ApiKey"];
            stillValid?: components["schemas"]["ValidApiKey"][];
            propagation: components["schemas"]["Propagation"] | null;
        };
        /** @enum {string} */
        Role: "user" | "developer" | "admin";
        RoleChange: {
            role: components["schemas"]["Role"];
        };
        RotatedApiKey: {
            key: components["schemas"]["NewApiKey"];
            old: components["schemas"]["ApiKey"];
            stillValid?: components["schemas"]["ValidApiKey"][];
            propagation: components["schemas"]["Propagation"] | null;
        };
        Rotation: {
            /** @default 0 */
            graceHours?: number;
            /** @default false */
            predecessors?: boolean;
        };
        ScopeList: {
            items: components["schemas"]["DescribedScope"][];
        };
        Session: {
            id: string;
            /**
             * @example clerk
             * @example phone
             * @example password
             */
            kind: string;
            current: boolean;
            parentId: string | null;
            impersonated: boolean;
            device: {
                name: string | null;
                browser: string | null;
                system: string | null;
                isMobile: boolean | null;
                userAgent: string | null;
            };
            address: {
                ip: string | null;
                city: string | null;
                country: string | null;
            };
            startedFrom: {
                ip: string | null;
                userAgent: string | null;
            } | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            lastUsedAt: string | null;
            /** Format: date-time */
            expiresAt: string;
        };
        SessionList: {
            items: components["schemas"]["Session"][];
            nextCursor: null;
            /**
             * @example listed
             * @example unavailable
             * @example none
             */
            clerk: string;
            truncated: boolean;
        };
        StripeCustomer: {
            user: components["schemas"]["AdminUser"];
        };
        StripeCustomerChange: {
            stripeCustomerId: string | null;
        };
        SyncedMe: {
            /** @constant */
            success: true;
            isNewUser: boolean;
            user: components["schemas"]["User"];
            /**
             * @example written
             * @example pending
             * @example collision
             * @example failed
             * @example off
             */
            metadata?: string;
        };
        SyncedUser: {
            /**
             * @example created
             * @example applied
             * @example unchanged
             * @example deleted
             * @example missing
             */
            result: string;
            reason: string;
            user: components["schemas"]["AdminUser"] | null;
            metadata?: components["schemas"]["MetadataState"][] | null;
        };
        Template: {
            /** Format: uuid */
            id: string;
            name: string;
            description: string | null;
            language: string | null;
            body: string;
            tags: string[];
            isPublic: boolean;
            isOwn: boolean;
            version: number;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        TemplateDraft: {
            name: string;
            /** @default null */
            description?: string | null;
            /** @default null */
            language?: string | null;
            body: string;
            tags?: string[];
            /** @default false */
            isPublic?: boolean;
        };
        TemplatePage: {
            items: components["schemas"]["Template"][];
            nextCursor: string | null;
        };
        TemplatePatch: {
            name?: string;
            description?: string | null;
            language?: string | null;
            body?: string;
            tags?: string[];
            isPublic?: boolean;
        };
        /** @enum {string} */
        Tier: "free" | "pro" | "enterprise";
        TierChange: {
            tier: components["schemas"]["Tier"];
        };
        TokenReservation: {
            amount: number;
            /** @default 300 */
            ttlSeconds?: number;
        };
        TokenUse: {
            amount: number;
        };
        TriedRoute: {
            index: number;
            host: string | null;
            path: string;
            /** @enum {string} */
            reason: "matches" | "host" | "path" | "method" | "reserved" | "spelling";
            detail: string;
        };
        UndoneReconcileRun: {
            run: components["schemas"]["ReconcileRun"];
            restored: number;
        };
        Upload: {
            /** Format: uuid */
            id: string;
            name: string;
            size: number | null;
            contentType: string | null;
            /** Format: date-time */
            createdAt: string;
        };
        UploadDraft: {
            name: string;
            /** @default null */
            size?: number | null;
            /** @default null */
            contentType?: string | null;
        };
        UploadPage: {
            period: string;
            limit: number;
            used: number;
            reserved: number;
            remaining: number;
            /** Format: date-time */
            renewsAt: string;
            version?: number;
            documentsUploaded: number;
            items: components["schemas"]["Upload"][];
            nextCursor: string | null;
        };
        UploadQuota: {
            period: string;
            limit: number;
            used: number;
            reserved: number;
            remaining: number;
            /** Format: date-time */
            renewsAt: string;
            version?: number;
            documentsUploaded: number;
        };
        User: {
            /** Format: uuid */
            id: string;
            clerkUserId: string | null;
            /** @enum {string} */
            authProvider: "local" | "clerk";
            email: string | null;
            emailVerified: boolean;
            phoneNumber: string | null;
            phoneVerified: boolean;
            firstName: string | null;
            lastName: string | null;
            fullName: string;
            username: string | null;
            ownerName: string | null;
            profileImageUrl: string | null;
            role: components["schemas"]["Role"];
            isActive: boolean;
            subscription: components["schemas"]["Tier"];
            bio: string | null;
            website: string | null;
            socialLinks: {
                [key: string]: string;
            };
            shopName: string | null;
            city: string | null;
            state: string | null;
            pincode: string | null;
            referralCode: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** Format: date-time */
            lastLoginAt: string | null;
            /** Format: date-time */
            lastActiveAt: string | null;
            /** @default 0 */
            version: number;
        };
        UserConflict: {
            id: string;
            /**
             * @example email
             * @example phone
             */
            kind: string;
            claimant: string;
            holder: string;
            reason: string;
            /** Format: date-time */
            detectedAt: string;
            /** Format: date-time */
            resolvedAt: string | null;
        };
        UserConflictPage: {
            items: components["schemas"]["UserConflict"][];
            nextCursor: string | null;
        };
        UserDataErasure: {
            /** Format: date-time */
            at: string;
            rows: {
                [key: string]: number;
            };
            complete: boolean;
        };
        UserDraft: {
            /** Format: email */
            email: string;
            firstName?: string;
            lastName?: string;
            username?: string;
            /** @default user */
            role?: components["schemas"]["Role"];
            tier?: components["schemas"]["Tier"];
        };
        UserErasure: {
            /** Format: uuid */
            id: string;
            clerkUserId: string;
            /** Format: date-time */
            at: string;
            events: number;
            bodies: number;
            bytes: number;
            mentions: number;
            unresolved: number;
            streamMessages: number;
            /** Format: date-time */
            streamClearBy: string | null;
            userData: components["schemas"]["UserDataErasure"] | null;
        };
        UserExplanation: {
            /** Format: uuid */
            userId: string | null;
            clerkUserId: string | null;
            /**
             * @example live
             * @example deleted
             * @example unknown
             */
            state: string;
            version: number | null;
            /** @default null */
            atClerk: {
                banned: boolean;
                deprovisioned: boolean;
                locked: boolean;
                /** Format: date-time */
                lockoutExpiresAt: string | null;
            } | null;
            /** Format: date-time */
            deletedAt: string | null;
            /** Format: date-time */
            redactsAt: string | null;
            tombstone: {
                /** Format: date-time */
                at: string;
                because: string;
            } | null;
            steps: {
                id: string;
                source: string;
                eventType: string;
                decision: string;
                reason: string;
                versionSeen: number | null;
                versionBefore: number | null;
                versionAfter: number | null;
                attempt: number;
                correlationId: string;
                /** Format: date-time */
                at: string;
            }[];
            nextCursor: string | null;
            lastSighting: {
                /** Format: uuid */
                runId: string;
                decision: string;
                version: number | null;
                /** Format: date-time */
                at: string;
            } | null;
            conflicts: {
                /**
                 * @example email
                 * @example phone
                 */
                kind: string;
                claimant: string;
                holder: string;
                reason: string;
                /** Format: date-time */
                detectedAt: string;
                /** Format: date-time */
                resolvedAt: string | null;
            }[];
            writeBack: components["schemas"]["WriteBack"] | null;
            metadata?: components["schemas"]["MetadataState"][];
        };
        UserExport: {
            /** Format: date-time */
            exportedAt: string;
            profile: components["schemas"]["User"];
            identifiers: {
                externalId: string | null;
                stripeCustomerId: string | null;
            };
            imports: {
                /** Format: uuid */
                importId: string;
                row: number;
                planned: {
                    [key: string]: unknown;
                } | null;
                before: {
                    [key: string]: unknown;
                } | null;
                after: {
                    [key: string]: unknown;
                } | null;
            }[];
            authSessions: components["schemas"]["Session"][];
            apiKeys: components["schemas"]["ApiKey"][];
            referral: components["schemas"]["Referral"];
            quotas: components["schemas"]["UserQuotas"];
            items: components["schemas"]["Item"][];
            templates: components["schemas"]["Template"][];
            assistantSessions: components["schemas"]["AssistantSession"][];
            uploads: components["schemas"]["Upload"][];
            reservations: components["schemas"]["Reservation"][];
            quotaMovements: components["schemas"]["QuotaMovement"][];
            auditLog: components["schemas"]["ExportedAuditEntry"][];
            dataAuditLog: components["schemas"]["ExportedAuditEntry"][];
            webhookEvents: components["schemas"]["ExportedWebhookEvent"][];
            /** @constant */
            complete: true;
        };
        UserImport: {
            /** Format: uuid */
            id: string;
            /**
             * @example uploading
             * @example planning
             * @example needs_approval
             * @example applying
             * @example done
             * @example undoing
             * @example undone
             * @example failed
             * @example discarded
             */
            state: string;
            /**
             * @example csv
             * @example jsonl
             */
            format: string;
            message: string | null;
            bytes: number;
            rows: number | null;
            rowsDone: number;
            plan: {
                [key: string]: number;
            };
            outcomes: {
                [key: string]: number;
            };
            reversals: {
                [key: string]: number;
            };
            /** Format: uuid */
            requestedBy: string;
            /** Format: date-time */
            requestedAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** Format: date-time */
            approvedAt: string | null;
            /** Format: date-time */
            undoableUntil: string | null;
        };
        UserImportList: {
            items: components["schemas"]["UserImport"][];
        };
        UserImportRow: {
            row: number;
            line: number;
            /**
             * @example create
             * @example link
             * @example update
             * @example unchanged
             * @example conflict
             * @example invalid
             */
            action: string;
            reason: string;
            detail: string;
            errors: {
                field: string;
                message: string;
            }[];
            /** Format: uuid */
            userId: string | null;
            sets: string[];
            leaves: string[];
            /**
             * @example applied
             * @example stale
             * @example failed
             */
            outcome: string | null;
            /** @default null */
            failure: string | null;
            /**
             * @example restored
             * @example partial
             * @example left
             */
            reversal: string | null;
            notRestored: string[];
        };
        UserImportRowPage: {
            items: components["schemas"]["UserImportRow"][];
            nextCursor: string | null;
        };
        UserLimits: {
            /** Format: uuid */
            userId: string;
            /**
             * @example free
             * @example pro
             * @example enterprise
             */
            tier: string;
            documentsUploaded: number;
            items: components["schemas"]["Limit"][];
        };
        UserQuotas: {
            tokens: components["schemas"]["Quota"];
            uploads: components["schemas"]["UploadQuota"];
        };
        /** @description A user, by our id, Clerk id, e-mail address or phone number (E.164). */
        UserRef: string;
        /** @description Users as CSV (RFC 4180) in UTF-8. The first row has the names of the fields. */
        UsersAsCsv: string;
        /** @description Users as JSON Lines in UTF-8: one object on each line. */
        UsersAsJsonLines: string;
        ValidApiKey: {
            /** Format: uuid */
            id: string;
            prefix: string;
            /** Format: date-time */
            until: string | null;
        };
        WebhookEvent: {
            id: string;
            webhookId: string;
            eventType: string;
            /**
             * @example pending
             * @example processing
             * @example success
             * @example failed
             * @example invalid
             * @example ignored
             */
            status: string;
            clerkUserId: string | null;
            instanceId: string | null;
            retryCount: number;
            maxRetries: number;
            /** Format: date-time */
            nextRetryAt: string | null;
            errorMessage: string | null;
            publishNumber: number;
            streamSequence: number | null;
            correlationId: string;
            /** Format: date-time */
            occurredAt: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            publishedAt: string | null;
            /** Format: date-time */
            processedAt: string | null;
        };
        WebhookEventDetail: {
            id: string;
            webhookId: string;
            eventType: string;
            /**
             * @example pending
             * @example processing
             * @example success
             * @example failed
             * @example invalid
             * @example ignored
             */
            status: string;
            clerkUserId: string | null;
            instanceId: string | null;
            retryCount: number;
            maxRetries: number;
            /** Format: date-time */
            nextRetryAt: string | null;
            errorMessage: string | null;
            publishNumber: number;
            streamSequence: number | null;
            correlationId: string;
            /** Format: date-time */
            occurredAt: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            publishedAt: string | null;
            /** Format: date-time */
            processedAt: string | null;
            errorDetails: unknown;
            processedData: unknown;
            sourceIp: string | null;
            userAgent: string | null;
            payload: unknown;
        };
        WebhookEventPage: {
            items: components["schemas"]["WebhookEvent"][];
            nextCursor: string | null;
        };
        WebhookEventTail: {
            items: components["schemas"]["WebhookEvent"][];
            cursor: string;
            more: boolean;
        };
        WriteBack: {
            /** Format: uuid */
            userId: string;
            clerkUserId: string | null;
            /**
             * @example pending
             * @example done
             * @example dead
             */
            state: string;
            /**
             * @example create
             * @example link
             * @example restore
             * @example role
             * @example retry
             * @example check
             * @example take
             */
            reason: string;
            retryCount: number;
            /** Format: date-time */
            owedAt: string;
            /** Format: date-time */
            dueAt: string | null;
            /** Format: date-time */
            writtenAt: string | null;
            error: {
                code: string;
                message: string;
            } | null;
        };
        WriteBackPage: {
            items: components["schemas"]["WriteBack"][];
            nextCursor: string | null;
        };
        WriteBackRetry: {
            userIds?: components["schemas"]["UserRef"][];
        };
    };
    responses: {
        /** @description The request or its credential is malformed or invalid. `errors` lists every invalid field */
        BadRequestBody: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code?: "bad_request" | "invalid_json" | "invalid_request" | "json_encoding_invalid" | "json_member_repeated";
                };
            };
        };
        /** @description The request or its credential is malformed or invalid. `errors` lists every invalid field */
        BadRequestBodyCaller: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code?: "bad_request" | "credential_conflict" | "credential_in_query" | "credential_malformed" | "credential_repeated" | "invalid_json" | "invalid_request" | "json_encoding_invalid" | "json_member_repeated" | "session_cookies_conflict";
                };
            };
        };
        /** @description The request or its credential is malformed or invalid. `errors` lists every invalid field */
        BadRequestCaller: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code?: "bad_request" | "credential_conflict" | "credential_in_query" | "credential_malformed" | "credential_repeated" | "invalid_request" | "session_cookies_conflict";
                };
            };
        };
        /** @description The current state of the resource or of the calling user does not allow this. `code` tells why */
        ConflictCaller: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code?: "conflict";
                };
            };
        };
        /** @description The current state of the resource or of the calling user does not allow this. `code` tells why */
        ConflictCallerIdempotency: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code?: "conflict" | "idempotency_in_progress";
                };
            };
        };
        /** @description The current state of the resource or of the calling user does not allow this. `code` tells why */
        ConflictCallerUserRef: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code?: "conflict" | "user_ambiguous";
                };
            };
        };
        /** @description The current state of the resource or of the calling user does not allow this. `code` tells why */
        ConflictCallerUserRefIdempotency: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code?: "conflict" | "idempotency_in_progress" | "user_ambiguous";
                };
            };
        };
        /** @description The body is larger than 64 KiB */
        ContentTooLargeBody: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code?: "body_too_large";
                };
            };
        };
        /** @description The account is not active, or its role or scopes are insufficient. `code` tells which */
        ForbiddenCaller: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code?: "account_inactive" | "forbidden" | "https_required";
                };
            };
        };
        /** @description The account is not active, or its role or scopes are insufficient. `code` tells which */
        ForbiddenCallerAdmin: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code?: "account_inactive" | "forbidden" | "https_required" | "role_insufficient";
                };
            };
        };
        /** @description The account is not active, or its role or scopes are insufficient. `code` tells which */
        ForbiddenCallerScope: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code?: "account_inactive" | "forbidden" | "https_required" | "scope_insufficient";
                };
            };
        };
        /** @description The account is not active, or its role or scopes are insufficient. `code` tells which */
        ForbiddenCallerScopeAdmin: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code?: "account_inactive" | "forbidden" | "https_required" | "role_insufficient" | "scope_insufficient";
                };
            };
        };
        /** @description The account is not active, or its role or scopes are insufficient. `code` tells which */
        ForbiddenCallerSession: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code?: "account_inactive" | "forbidden" | "https_required" | "session_needed";
                };
            };
        };
        /** @description The account is not active, or its role or scopes are insufficient. `code` tells which */
        ForbiddenCallerSessionAdmin: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code?: "account_inactive" | "forbidden" | "https_required" | "role_insufficient" | "session_needed";
                };
            };
        };
        /** @description The account is not active, or its role or scopes are insufficient. `code` tells which */
        Forbiddenundefined: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code?: "https_required";
                };
            };
        };
        /** @description Not found */
        NotFoundundefined: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code?: "not_found";
                };
            };
        };
        /** @description The version is none of those in `If-Match` */
        PreconditionFailedundefined: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code?: "version_mismatch";
                };
            };
        };
        /** @description Any other problem, such as 408 `request_timeout`, 431 `headers_too_large` or 500 `internal` */
        Problem: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A dependency is unavailable. Retry after `Retry-After` seconds */
        ServiceUnavailableCaller: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code?: "clerk_unavailable" | "clock_skew" | "keys_unavailable" | "unavailable";
                };
            };
        };
        /** @description A dependency is unavailable. Retry after `Retry-After` seconds */
        ServiceUnavailableCallerCounted: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code?: "clerk_unavailable" | "clock_skew" | "keys_unavailable" | "rate_limit_unavailable" | "unavailable";
                };
            };
        };
        /** @description A dependency is unavailable. Retry after `Retry-After` seconds */
        ServiceUnavailableCounted: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code?: "clock_skew" | "rate_limit_unavailable" | "unavailable";
                };
            };
        };
        /** @description Too many requests. Retry after `Retry-After` seconds */
        TooManyRequestsundefined: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code?: "rate_limited";
                };
            };
        };
        /** @description The credential is missing or rejected. `code` tells why */
        UnauthorizedCaller: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code?: "credential_is_clerk_api_key" | "credential_is_clerk_machine_token" | "credential_is_clerk_oauth_token" | "credential_is_clerk_secret" | "credential_is_identifier" | "credential_is_publishable_key" | "credential_is_webhook_secret" | "credential_missing" | "credential_scheme_unsupported" | "credential_unknown" | "session_ended" | "token_alg_unsupported" | "token_audience_invalid" | "token_category_unsupported" | "token_claim_invalid" | "token_crit_unsupported" | "token_duplicate_claim" | "token_expired" | "token_id_missing" | "token_impersonated" | "token_issuer_unknown" | "token_key_unknown" | "token_malformed" | "token_not_yet_valid" | "token_number_invalid" | "token_party_missing" | "token_party_unlisted" | "token_revoked" | "token_session_missing" | "token_session_pending" | "token_signature_invalid" | "token_subject_invalid" | "token_too_large" | "token_type_unsupported" | "token_version_unsupported" | "user_deleted" | "user_unknown";
                };
            };
        };
        /** @description The credential is missing or rejected. `code` tells why */
        UnauthorizedCallerApiKey: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code?: "api_key_checksum_invalid" | "api_key_expired" | "api_key_malformed" | "api_key_revoked" | "api_key_unknown" | "credential_is_clerk_api_key" | "credential_is_clerk_machine_token" | "credential_is_clerk_oauth_token" | "credential_is_clerk_secret" | "credential_is_identifier" | "credential_is_publishable_key" | "credential_is_webhook_secret" | "credential_missing" | "credential_scheme_unsupported" | "credential_unknown" | "session_ended" | "token_alg_unsupported" | "token_audience_invalid" | "token_category_unsupported" | "token_claim_invalid" | "token_crit_unsupported" | "token_duplicate_claim" | "token_expired" | "token_id_missing" | "token_impersonated" | "token_issuer_unknown" | "token_key_unknown" | "token_malformed" | "token_not_yet_valid" | "token_number_invalid" | "token_party_missing" | "token_party_unlisted" | "token_revoked" | "token_session_missing" | "token_session_pending" | "token_signature_invalid" | "token_subject_invalid" | "token_too_large" | "token_type_unsupported" | "token_version_unsupported" | "user_deleted" | "user_unknown";
                };
            };
        };
        /** @description The `Idempotency-Key` was used with another request */
        UnprocessableContentIdempotency: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code?: "idempotency_key_reused";
                };
            };
        };
        /** @description The body is not application/json */
        UnsupportedMediaTypeBody: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code?: "media_type_unsupported";
                };
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: {
        /** @description Id of the request; the same in `requestId` of a problem and in the logs. */
        "X-Request-Id": string;
        /** @description The limits that count this request: `q` requests in `w` seconds. */
        "RateLimit-Policy": string;
        /** @description What is left of each limit: `r` requests in the next `t` seconds. */
        RateLimit: string;
        /** @description Seconds until the request can be repeated. */
        "Retry-After": number;
        /** @description Why the credential was rejected (RFC 6750). */
        "WWW-Authenticate": string;
        /** @description The version in quotes; send it as `If-Match`. */
        ETag: string;
        /** @description URL of the new resource, or of the page to go to; it may be relative. */
        Location: string;
        /** @description Only on a repetition of a request: this is the stored response of the first one. */
        "Idempotency-Replayed": "true";
        /** @description Suggests a file name. */
        "Content-Disposition": string;
        /** @description Counts the redirects to the sign-in page, so that they cannot become a loop. */
        "Set-Cookie": string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    logIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Login"];
            };
        };
        responses: {
            /** @description A Gatehouse token and the user */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoggedIn"];
                };
            };
            400: components["responses"]["BadRequestBody"];
            /** @description The credential is missing or rejected. `code` tells why */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "invalid_credentials";
                    };
                };
            };
            /** @description The account is not active, or its role or scopes are insufficient. `code` tells which */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "forbidden" | "https_required";
                    };
                };
            };
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            429: components["responses"]["TooManyRequestsundefined"];
            /** @description This gateway issues no tokens */
            501: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "legacy_tokens_off";
                    };
                };
            };
            503: components["responses"]["ServiceUnavailableCounted"];
            default: components["responses"]["Problem"];
        };
    };
    logOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Number of sessions closed. `propagation` tells how many gateways have acknowledged that. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoggedOut"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerSession"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    setPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPassword"];
            };
        };
        responses: {
            /** @description The password is set. `propagation` tells how many gateways have acknowledged the ended sessions. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasswordSet"];
                };
            };
            /** @description The request or its credential is malformed or invalid. `errors` lists every invalid field */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "bad_request" | "invalid_json" | "invalid_request" | "json_encoding_invalid" | "json_member_repeated" | "token_invalid";
                    };
                };
            };
            403: components["responses"]["Forbiddenundefined"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCounted"];
            default: components["responses"]["Problem"];
        };
    };
    exchangeClerkToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PhoneLogin"];
            };
        };
        responses: {
            /** @description A Gatehouse token and the user */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExchangedToken"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            /** @description The credential is missing or rejected. `code` tells why */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "credential_is_clerk_api_key" | "credential_is_clerk_machine_token" | "credential_is_clerk_oauth_token" | "credential_is_clerk_secret" | "credential_is_identifier" | "credential_is_publishable_key" | "credential_is_webhook_secret" | "credential_missing" | "credential_scheme_unsupported" | "credential_unknown" | "session_ended" | "token_alg_unsupported" | "token_audience_invalid" | "token_category_unsupported" | "token_claim_invalid" | "token_crit_unsupported" | "token_duplicate_claim" | "token_expired" | "token_id_missing" | "token_impersonated" | "token_issuer_unknown" | "token_key_unknown" | "token_malformed" | "token_not_yet_valid" | "token_number_invalid" | "token_party_missing" | "token_party_unlisted" | "token_revoked" | "token_session_missing" | "token_session_pending" | "token_signature_invalid" | "token_subject_invalid" | "token_too_large" | "token_type_unsupported" | "token_used" | "token_version_unsupported" | "user_deleted" | "user_unknown";
                    };
                };
            };
            /** @description The account is not active, or its role or scopes are insufficient. `code` tells which */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "account_inactive" | "forbidden" | "https_required" | "identity_mismatch" | "phone_unverified";
                    };
                };
            };
            409: components["responses"]["ConflictCaller"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            429: components["responses"]["TooManyRequestsundefined"];
            /** @description This gateway issues no tokens */
            501: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "legacy_tokens_off";
                    };
                };
            };
            503: components["responses"]["ServiceUnavailableCallerCounted"];
            default: components["responses"]["Problem"];
        };
    };
    syncMeAndRedirect: {
        parameters: {
            query?: {
                /** @description Target within `PUBLIC_URL` or `REDIRECT_ORIGINS`; any other target is replaced by `FALLBACK_REDIRECT_URL`. */
                redirect_url?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description To the target, or to the sign-in page if the session token is missing or expired */
            302: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Set-Cookie": components["headers"]["Set-Cookie"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequestCaller"];
            /** @description The credential is missing or rejected. `code` tells why */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "credential_is_clerk_api_key" | "credential_is_clerk_machine_token" | "credential_is_clerk_oauth_token" | "credential_is_clerk_secret" | "credential_is_identifier" | "credential_is_publishable_key" | "credential_is_webhook_secret" | "credential_missing" | "credential_scheme_unsupported" | "credential_unknown" | "session_ended" | "sign_in_loop" | "token_alg_unsupported" | "token_audience_invalid" | "token_category_unsupported" | "token_claim_invalid" | "token_crit_unsupported" | "token_duplicate_claim" | "token_expired" | "token_id_missing" | "token_impersonated" | "token_issuer_unknown" | "token_key_unknown" | "token_malformed" | "token_not_yet_valid" | "token_number_invalid" | "token_party_missing" | "token_party_unlisted" | "token_revoked" | "token_session_missing" | "token_session_pending" | "token_signature_invalid" | "token_subject_invalid" | "token_too_large" | "token_type_unsupported" | "token_version_unsupported" | "user_deleted" | "user_unknown";
                    };
                };
            };
            403: components["responses"]["ForbiddenCaller"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    syncMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user, unchanged if it existed. `metadata` tells whether Clerk has `dbId` and `role`. Wait for them in session claims only while it is `pending`. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SyncedMe"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCaller"];
            403: components["responses"]["ForbiddenCaller"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    getCaller: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The principal and the credential */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Caller"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCaller"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    explainCredential: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The row of the credential table, the verifier, its checks and the principal */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CredentialExplanation"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerAdmin"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The calling user. `quotas` is null when they cannot be loaded within 200 ms. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScope"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    updateMe: {
        parameters: {
            query?: never;
            header?: {
                /** @description Change the resource only if its version is one of these entity tags; otherwise 412 `version_mismatch`. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ProfilePatch"];
            };
        };
        responses: {
            /** @description The updated user */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScope"];
            409: components["responses"]["ConflictCaller"];
            412: components["responses"]["PreconditionFailedundefined"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    exportMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The document, as a download */
            200: {
                headers: {
                    "Content-Disposition": components["headers"]["Content-Disposition"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserExport"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScope"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    getReferral: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description My referrals */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Referral"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScope"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    useReferralCode: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReferralCode"];
            };
        };
        responses: {
            /** @description My referrals */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Referral"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScope"];
            /** @description The current state of the resource or of the calling user does not allow this. `code` tells why */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "conflict" | "referral_mutual" | "referral_own_code" | "referral_too_late" | "referral_used";
                    };
                };
            };
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            /** @description No active user has this code: `referral_code_unknown` */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "referral_code_unknown";
                    };
                };
            };
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    listSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At most 100 sessions of Gatehouse and 100 of Clerk */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionList"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScope"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    endSessions: {
        parameters: {
            query?: {
                /** @description `true`: the session of this request stays. */
                keepCurrent?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was ended, and how far it is known */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndedSessions"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerSession"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the session.
                 * @example sess_2xExample
                 */
                id: components["schemas"]["AuthSessionId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was ended, and how far it is known */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndedSessions"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScope"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    listKeys: {
        parameters: {
            query?: {
                /** @description Most entries of a page. */
                limit?: number;
                /** @description The `nextCursor` of the page before; none for the first page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyPage"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScope"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    createKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat: for 24 hours, requests with this key get the response of the first one that succeeded. Use a new random key for each request. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiKeyDraft"];
            };
        };
        responses: {
            /** @description The key with its secret */
            201: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewApiKey"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerSession"];
            /** @description The current state of the resource or of the calling user does not allow this. `code` tells why */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "conflict" | "idempotency_in_progress" | "idempotency_secret_gone";
                    };
                };
            };
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            422: components["responses"]["UnprocessableContentIdempotency"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    rotateKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the API key.
                 * @example 0198f3b0-2a9d-7f18-8e4c-1b3d5f7a9c0e
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Rotation"];
            };
        };
        responses: {
            /** @description The new key with its secret, and the old key */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RotatedApiKey"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerSession"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCaller"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    revokeKey: {
        parameters: {
            query?: {
                /** @description `true`: also the keys that this key replaced. */
                predecessors?: boolean;
            };
            header?: never;
            path: {
                /**
                 * @description Id of the API key.
                 * @example 0198f3b0-2a9d-7f18-8e4c-1b3d5f7a9c0e
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key, and how many gateways have acknowledged */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevokedApiKey"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerSession"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    listScopes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Each scope, what it grants, and whether it is of Gatehouse or declared by the gate policy */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScopeList"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCaller"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    listUserImports: {
        parameters: {
            query?: {
                /** @description Most entries of the list. */
                limit?: number;
                /** @description Only imports with a row about this user. */
                user?: components["schemas"]["UserRef"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The imports */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserImportList"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            409: components["responses"]["ConflictCallerUserRef"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    uploadUserImport: {
        parameters: {
            query?: never;
            header?: {
                /** @description `?1`: the file ends with this body. `?0`: more follows by PATCH. Default: `?1`. */
                "Upload-Complete"?: "?0" | "?1";
            };
            path?: never;
            cookie?: never;
        };
        /** @description The file, or a part of it. UTF-8. */
        requestBody: {
            content: {
                "text/csv": components["schemas"]["UsersAsCsv"];
                "application/x-ndjson": components["schemas"]["UsersAsJsonLines"];
            };
        };
        responses: {
            /** @description The import. With `Upload-Complete: ?1` it is queued for planning. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserImport"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            409: components["responses"]["ConflictCaller"];
            /** @description The file is larger than 128 MiB */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description The body is neither text/csv nor application/x-ndjson */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "media_type_unsupported";
                    };
                };
            };
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    getUserImport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the import.
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The import */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserImport"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    discardUserImport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the import.
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The import */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserImport"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    continueUserImport: {
        parameters: {
            query?: never;
            header: {
                /** @description `?1`: the file ends with this body. `?0`: more follows by PATCH. Default: `?1`. */
                "Upload-Complete"?: "?0" | "?1";
                /**
                 * @description Place of the first byte of the body in the file: `bytes` of the import.
                 * @example 0
                 */
                "Upload-Offset": number;
            };
            path: {
                /**
                 * @description Id of the import.
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: string;
            };
            cookie?: never;
        };
        /** @description The file, or a part of it. UTF-8. */
        requestBody: {
            content: {
                "text/csv": components["schemas"]["UsersAsCsv"];
                "application/x-ndjson": components["schemas"]["UsersAsJsonLines"];
            };
        };
        responses: {
            /** @description The import. With `Upload-Complete: ?1` it is queued for planning. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserImport"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCaller"];
            /** @description The file is larger than 128 MiB */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description The body is neither text/csv nor application/x-ndjson */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "media_type_unsupported";
                    };
                };
            };
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    listUserImportRows: {
        parameters: {
            query?: {
                /** @description Most entries of a page. */
                limit?: number;
                /** @description The `nextCursor` of the page before; none for the first page. */
                cursor?: string;
                /** @description Only entries about this action. */
                action?: "create" | "link" | "update" | "unchanged" | "conflict" | "invalid";
                /** @description Only entries with this outcome. */
                outcome?: "applied" | "stale" | "failed";
                /** @description Only rows with this reversal. */
                reversal?: "restored" | "partial" | "left";
                /** @description Only rows about this user. */
                user?: components["schemas"]["UserRef"];
            };
            header?: never;
            path: {
                /**
                 * @description Id of the import.
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserImportRowPage"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    approveUserImport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the import.
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The import, queued */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserImport"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerSessionAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    undoUserImport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the import.
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The import, queued */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserImport"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerSessionAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    listUsers: {
        parameters: {
            query?: {
                /** @description Most entries of a page. */
                limit?: number;
                /** @description The `nextCursor` of the page before; none for the first page. */
                cursor?: string;
                /** @description The whole e-mail address, in any letter case. */
                email?: string;
                /** @description A Clerk user id. */
                clerkUserId?: string;
                /** @description Only users with this role. */
                role?: components["schemas"]["Role"];
                /** @description `true`: only deleted users. `false`: only others. */
                deleted?: boolean;
                /** @description Any of: our id, Clerk id, Stripe customer id, phone number, beginning of the e-mail address, words of a name. */
                q?: string;
                /** @description Our id. */
                id?: string;
                /** @description A whole number in E.164 (in a URL, `%2B` for `+`), or at least 4 digits of its end. */
                phone?: string;
                /** @description Words, each of which is part of full name, owner name, shop name or username, in any letter case. */
                name?: string;
                /** @description Only users of this tier. */
                tier?: components["schemas"]["Tier"];
                /** @description `false`: users whom an admin has deactivated, and deleted users. */
                active?: boolean;
                /** @description Only users who were changed at or after this moment, in the order of the change. */
                updatedSince?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminUserPage"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    createUser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserDraft"];
            };
        };
        responses: {
            /** @description The user and the token, which is shown only in this response */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedUser"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerSessionAdmin"];
            409: components["responses"]["ConflictCaller"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    getUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminUser"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    deleteUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user without personal data. `propagation` tells how many gateways have acknowledged the deletion. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeletedUser"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            /** @description The current state of the resource or of the calling user does not allow this. `code` tells why */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "conflict" | "last_admin" | "user_ambiguous";
                    };
                };
            };
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    setUserRole: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RoleChange"];
            };
        };
        responses: {
            /** @description The user. `propagation` tells how many gateways have acknowledged the change. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangedUser"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerSessionAdmin"];
            404: components["responses"]["NotFoundundefined"];
            /** @description The current state of the resource or of the calling user does not allow this. `code` tells why */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "conflict" | "last_admin" | "user_ambiguous";
                    };
                };
            };
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    setUserTier: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TierChange"];
            };
        };
        responses: {
            /** @description The user. `propagation` tells how many gateways have acknowledged the change. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangedUser"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    deactivateUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user. `propagation` tells how many gateways have acknowledged the change. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangedUser"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            /** @description The current state of the resource or of the calling user does not allow this. `code` tells why */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "conflict" | "last_admin" | "user_ambiguous";
                    };
                };
            };
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    reactivateUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user. `propagation` tells how many gateways have acknowledged the change. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangedUser"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    activateUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user. `propagation` tells how many gateways have acknowledged the change. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangedUser"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    setUserStripeCustomer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StripeCustomerChange"];
            };
        };
        responses: {
            /** @description The user */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StripeCustomer"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    issuePasswordToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The token, which is shown only in this response */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedPasswordToken"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerSessionAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    syncUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Result: `created`, `applied`, `unchanged`, `deleted` (deleted here for good) or `missing` (not at Clerk; checked again in a minute) */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SyncedUser"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    explainUser: {
        parameters: {
            query?: {
                /** @description Most entries of a page. */
                limit?: number;
                /** @description The `nextCursor` of the page before; none for the first page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The newest steps in chronological order; `nextCursor` leads to older steps */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserExplanation"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    listUserSessions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At most 100 sessions of Gatehouse and 100 of Clerk */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionList"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    endUserSessions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was ended, and how far it is known */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndedSessions"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    endUserSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
                /**
                 * @description Id of the session.
                 * @example sess_2xExample
                 */
                sessionId: components["schemas"]["AuthSessionId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was ended, and how far it is known */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndedSessions"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    listAllKeys: {
        parameters: {
            query?: {
                /** @description Most entries of a page. */
                limit?: number;
                /** @description The `nextCursor` of the page before; none for the first page. */
                cursor?: string;
                /** @description A user, by our id, Clerk id, e-mail address or phone number (E.164). */
                userId?: components["schemas"]["UserRef"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyPage"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            409: components["responses"]["ConflictCallerUserRef"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    revokeAnyKey: {
        parameters: {
            query?: {
                /** @description `true`: also the keys that this key replaced. */
                predecessors?: boolean;
            };
            header?: never;
            path: {
                /**
                 * @description Id of the API key.
                 * @example 0198f3b0-2a9d-7f18-8e4c-1b3d5f7a9c0e
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key, and how many gateways have acknowledged */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevokedApiKey"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    getUserQuotas: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One entry for each kind */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserLimits"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    listQuotaMovements: {
        parameters: {
            query?: {
                /** @description Most entries of a page. */
                limit?: number;
                /** @description The `nextCursor` of the page before; none for the first page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
                /**
                 * @description The kind.
                 * @example tokens
                 */
                kind: components["schemas"]["LimitKind"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QuotaMovementPage"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    grantQuota: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat: for 24 hours, requests with this key get the response of the first one that succeeded. Use a new random key for each request. */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
                /**
                 * @description The kind.
                 * @example tokens
                 */
                kind: components["schemas"]["QuotaKind"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QuotaGrant"];
            };
        };
        responses: {
            /** @description The quota after it */
            201: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Limit"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRefIdempotency"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            422: components["responses"]["UnprocessableContentIdempotency"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    setQuotaLimit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
                /**
                 * @description The kind.
                 * @example tokens
                 */
                kind: components["schemas"]["LimitKind"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LimitChange"];
            };
        };
        responses: {
            /** @description The limit and what is left */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Limit"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    removeQuotaLimit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
                /**
                 * @description The kind.
                 * @example tokens
                 */
                kind: components["schemas"]["LimitKind"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The limit and what is left */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Limit"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    listWebhookEvents: {
        parameters: {
            query?: {
                /** @description Most entries of a page. */
                limit?: number;
                /** @description The `nextCursor` of the page before; none for the first page. */
                cursor?: string;
                /** @description Only events with this status. */
                status?: "pending" | "processing" | "success" | "failed" | "invalid" | "ignored";
                /** @description Only events of this type, such as `user.updated`. */
                type?: string;
                /** @description Id of the delivery at Clerk, `msg_…`. */
                webhookId?: string;
                /** @description Code of the failure, such as `EMAIL_TAKEN`. */
                errorCode?: string;
                /** @description The id in the logs of every service that handled the event. */
                correlationId?: string;
                /** @description `true`: failed events that are not retried any more, unless their payload was erased. `false`: others. */
                dead?: boolean;
                /** @description Recorded at or after this time. */
                since?: string;
                /** @description Recorded before this time. */
                until?: string;
                /** @description A user, by our id, Clerk id, e-mail address or phone number (E.164). */
                user?: components["schemas"]["UserRef"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEventPage"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            409: components["responses"]["ConflictCallerUserRef"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    tailWebhookEvents: {
        parameters: {
            query?: {
                /** @description Only of this type. */
                type?: string;
                /** @description The `cursor` of the request before; none to begin. */
                cursor?: string;
                /** @description A user, by our id, Clerk id, e-mail address or phone number (E.164). */
                user?: components["schemas"]["UserRef"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What is new, and the cursor of the next request */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEventTail"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            409: components["responses"]["ConflictCallerUserRef"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    getWebhookEvent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the event, or its webhook id (`msg_…`).
                 * @example 0198f3a2-6d0a-7b21-9e8f-4c5d6e7f8091
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The event with its history */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEventDetail"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    redriveWebhookEvents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RedriveRequest"];
            };
        };
        responses: {
            /** @description The result for each event of the page */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RedriveResult"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            409: components["responses"]["ConflictCaller"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    redriveWebhookEvent: {
        parameters: {
            query?: {
                /** @description `true`: tells what would happen and changes nothing. */
                dryRun?: boolean;
            };
            header?: never;
            path: {
                /**
                 * @description Id of the event, or its webhook id (`msg_…`).
                 * @example 0198f3a2-6d0a-7b21-9e8f-4c5d6e7f8091
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["EventRedrive"];
            };
        };
        responses: {
            /** @description The result */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RedriveResult"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCaller"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    listRedrives: {
        parameters: {
            query?: {
                /** @description Most entries of a page. */
                limit?: number;
                /** @description The `nextCursor` of the page before; none for the first page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RedrivePage"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    getRedrive: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the redrive.
                 * @example 0198f3c1-3b4c-7d5e-8f60-7a8b9c0d1e2f
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The number of its events by state */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Redrive"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    eraseUser: {
        parameters: {
            query?: {
                /** @description `true`: also a user whom Clerk has not deleted. */
                force?: boolean;
            };
            header?: never;
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                user: components["schemas"]["UserRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was erased */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserErasure"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    listRejectedDeliveries: {
        parameters: {
            query?: {
                /** @description Most entries of a page. */
                limit?: number;
                /** @description The `nextCursor` of the page before; none for the first page. */
                cursor?: string;
                /** @description Only for this reason, such as `signature_mismatch`. */
                reason?: string;
                /** @description What the sender gave as id of the delivery, `msg_…`. */
                webhookId?: string;
                /** @description Rejected at or after this time. */
                since?: string;
                /** @description Rejected before this time. */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RejectedDeliveryPage"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    getStats: {
        parameters: {
            query?: {
                /** @description Length of the period before now. */
                hours?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The statistics */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventStats"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    getStatsSeries: {
        parameters: {
            query?: {
                /** @description Start. Default: an hour before the end. A series has at most 744 hours. */
                since?: string;
                /** @description End. Default, and at most: now. */
                until?: string;
                /** @description Shortest length of a step in seconds. Steps are longer when there would be more than 1440. */
                step?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The course of event processing */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventSeries"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    listGateways: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All gateways */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayList"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    listReconcileRuns: {
        parameters: {
            query?: {
                /** @description Most entries of the list. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The runs */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReconcileRunList"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    startReconcileRun: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The queued run */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReconcileRun"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    getReconcileRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the reconcile run.
                 * @example 0198f3c2-4c5d-7e6f-9071-8b9c0d1e2f30
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReconcileRun"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    listReconcileUsers: {
        parameters: {
            query?: {
                /** @description Most entries of a page. */
                limit?: number;
                /** @description The `nextCursor` of the page before; none for the first page. */
                cursor?: string;
                /** @description `absent`: users whom the run did not find at Clerk, if it waits for an approval to delete them. `undoable`: users whom it has deleted and whom an undo restores. */
                list?: "absent" | "undoable";
            };
            header?: never;
            path: {
                /**
                 * @description Id of the reconcile run.
                 * @example 0198f3c2-4c5d-7e6f-9071-8b9c0d1e2f30
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReconcileUserPage"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    approveReconcileRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the reconcile run.
                 * @example 0198f3c2-4c5d-7e6f-9071-8b9c0d1e2f30
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run, queued again */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReconcileRun"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    undoReconcileRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the reconcile run.
                 * @example 0198f3c2-4c5d-7e6f-9071-8b9c0d1e2f30
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run and the number of restored users */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UndoneReconcileRun"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    listConflicts: {
        parameters: {
            query?: {
                /** @description Most entries of a page. */
                limit?: number;
                /** @description The `nextCursor` of the page before; none for the first page. */
                cursor?: string;
                /** @description Only those in this state. */
                state?: "open" | "resolved";
                /** @description The kind. */
                kind?: "email" | "phone";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page, without the addresses */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserConflictPage"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    listWriteBacks: {
        parameters: {
            query?: {
                /** @description Most entries of a page. */
                limit?: number;
                /** @description The `nextCursor` of the page before; none for the first page. */
                cursor?: string;
                /** @description Only those in this state. */
                state?: "pending" | "done" | "dead";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WriteBackPage"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    retryWriteBacks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["WriteBackRetry"];
            };
        };
        responses: {
            /** @description Number of write-backs queued again */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetriedWriteBacks"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            409: components["responses"]["ConflictCaller"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    listMetadataCollisions: {
        parameters: {
            query?: {
                /** @description Most entries of a page. */
                limit?: number;
                /** @description The `nextCursor` of the page before; none for the first page. */
                cursor?: string;
                /** @description Only those in this state. */
                state?: "open" | "taking" | "left" | "taken" | "gone";
                /** @description Path below `publicMetadata`, such as `role`. */
                key?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MetadataCollisionPage"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    takeMetadataCollisions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MetadataCollisionSelection"];
            };
        };
        responses: {
            /** @description Number of collisions matched and decided */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DecidedMetadataCollisions"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            409: components["responses"]["ConflictCaller"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    leaveMetadataCollisions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MetadataCollisionSelection"];
            };
        };
        responses: {
            /** @description Number of collisions matched and decided */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DecidedMetadataCollisions"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            409: components["responses"]["ConflictCaller"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    takeMetadataCollision: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the metadata collision.
                 * @example 7
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The collision, whose value will be overwritten */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MetadataCollision"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    leaveMetadataCollision: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the metadata collision.
                 * @example 7
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The collision, whose value is kept */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MetadataCollision"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    listAuditEntries: {
        parameters: {
            query?: {
                /** @description Most entries of a page. */
                limit?: number;
                /** @description The `nextCursor` of the page before; none for the first page. */
                cursor?: string;
                /** @description A user: what it did, and what was done to it. */
                userId?: components["schemas"]["UserRef"];
                /** @description Id of an API key or session with which it was done. */
                credentialId?: string;
                /** @description Only entries about this action. */
                action?: "key.create" | "key.rotate" | "key.revoke" | "login.password" | "login.phone" | "console.code" | "console.sign_in" | "logout" | "session.list" | "session.end" | "session.end_all" | "password.token" | "password.set" | "profile.update" | "me.export" | "referral.use" | "user.create" | "user.role" | "user.tier" | "user.deactivate" | "user.activate" | "user.delete" | "user.stripe_customer" | "user.sync" | "admin_promise.make" | "admin_promise.use" | "admin_promise.expire" | "admin_promise.cancel" | "reconcile.start" | "reconcile.approve" | "reconcile.undo" | "user_import.upload" | "user_import.approve" | "user_import.undo" | "user_import.discard" | "user_import.apply" | "user_import.revert" | "write_back.retry" | "metadata_collision.take" | "metadata_collision.leave" | "events.redrive" | "payloads.erase" | "impersonation" | "access.refused" | "data.read" | "data.list" | "data.create" | "data.update" | "data.delete" | "data.erase" | "quota.read" | "quota.grant" | "quota.override";
                /** @description Only entries with this outcome. */
                outcome?: "done" | "refused";
                /** @description At or after this moment. */
                since?: string;
                /** @description Before this moment. */
                until?: string;
                /** @description Whose log; `user-data` has what admins did with data of users. */
                service?: "user-sync" | "user-data";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditEntryPage"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            409: components["responses"]["ConflictCallerUserRef"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    getGatePolicy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The policy in use */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatePolicy"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    explainGateRequest: {
        parameters: {
            query: {
                /**
                 * @description Such as `GET`.
                 * @example GET
                 */
                method: string;
                /**
                 * @description Host of the request, as the client names it.
                 * @example app.example.com
                 */
                host: string;
                /**
                 * @description Path of the request, as the client sends it. A query is ignored.
                 * @example /orders/7
                 */
                path: string;
                /** @description Where the request arrives: at the gateway itself, or at a proxy that asks by forward auth. */
                edge?: "gateway" | "forward-auth";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What becomes of the request, and why */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GateExplanation"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    listUserReferrals: {
        parameters: {
            query?: {
                /** @description Most entries of a page. */
                limit?: number;
                /** @description The `nextCursor` of the page before; none for the first page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReferredUserPage"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    getTokenQuota: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The quota of tokens */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Quota"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScope"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    consumeTokens: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat: for 24 hours, requests with this key get the response of the first one that succeeded. Use a new random key for each request. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenUse"];
            };
        };
        responses: {
            /** @description The quota of tokens after it */
            200: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Quota"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScope"];
            409: components["responses"]["ConflictCallerIdempotency"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            422: components["responses"]["UnprocessableContentIdempotency"];
            /** @description `quota_exceeded`: the request needs more than is left. It changed nothing; `quota` tells what is left and when it renews. `rate_limited`: too many requests. `Retry-After` tells when to retry */
            429: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "quota_exceeded" | "rate_limited";
                    };
                };
            };
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    reserveTokens: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat: for 24 hours, requests with this key get the response of the first one that succeeded. Use a new random key for each request. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenReservation"];
            };
        };
        responses: {
            /** @description The reservation */
            201: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reservation"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScope"];
            409: components["responses"]["ConflictCallerIdempotency"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            422: components["responses"]["UnprocessableContentIdempotency"];
            /** @description `quota_exceeded`: the request needs more than is left. It changed nothing; `quota` tells what is left and when it renews. `rate_limited`: too many requests. `Retry-After` tells when to retry */
            429: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "quota_exceeded" | "rate_limited";
                    };
                };
            };
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    commitReservation: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat: for 24 hours, requests with this key get the response of the first one that succeeded. Use a new random key for each request. */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description Id of the reservation.
                 * @example 0198f3d4-5e6f-7081-8273-9e0f1a2b3c4d
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReservationCommit"];
            };
        };
        responses: {
            /** @description The reservation */
            200: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reservation"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScope"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerIdempotency"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            422: components["responses"]["UnprocessableContentIdempotency"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    releaseReservation: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat: for 24 hours, requests with this key get the response of the first one that succeeded. Use a new random key for each request. */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description Id of the reservation.
                 * @example 0198f3d4-5e6f-7081-8273-9e0f1a2b3c4d
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The reservation */
            200: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reservation"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScope"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerIdempotency"];
            422: components["responses"]["UnprocessableContentIdempotency"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    listUploads: {
        parameters: {
            query?: {
                /** @description Most entries of a page. */
                limit?: number;
                /** @description The `nextCursor` of the page before; none for the first page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The quota, and one page of documents */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadPage"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScope"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    recordUpload: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat: for 24 hours, requests with this key get the response of the first one that succeeded. Use a new random key for each request. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UploadDraft"];
            };
        };
        responses: {
            /** @description The record of the document, and the quota after it */
            201: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordedUpload"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScope"];
            409: components["responses"]["ConflictCallerIdempotency"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            422: components["responses"]["UnprocessableContentIdempotency"];
            /** @description `quota_exceeded`: the request needs more than is left. It changed nothing; `quota` tells what is left and when it renews. `rate_limited`: too many requests. `Retry-After` tells when to retry */
            429: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "quota_exceeded" | "rate_limited";
                    };
                };
            };
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    listItems: {
        parameters: {
            query?: {
                /** @description Most entries of a page. */
                limit?: number;
                /** @description The `nextCursor` of the page before; none for the first page. */
                cursor?: string;
                /** @description Ascending; with `-`, descending. By default `-createdAt`, and with `updatedSince` `updatedAt`. */
                sort?: "createdAt" | "-createdAt" | "updatedAt" | "-updatedAt" | "title" | "-title";
                /** @description Only what was created or changed at or after this moment. `sort` must be `updatedAt` or `-updatedAt`. */
                updatedSince?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ItemPage"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScope"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    createItem: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat: for 24 hours, requests with this key get the response of the first one that succeeded. Use a new random key for each request. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ItemDraft"];
            };
        };
        responses: {
            /** @description It was created */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Location: components["headers"]["Location"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Item"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            /** @description `limit_reached`: the owner has as many as its limit allows. Or the account is not active, or its role or scopes are insufficient: `code` tells which */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "account_inactive" | "forbidden" | "https_required" | "limit_reached" | "scope_insufficient";
                    };
                };
            };
            409: components["responses"]["ConflictCallerIdempotency"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            422: components["responses"]["UnprocessableContentIdempotency"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    getItem: {
        parameters: {
            query?: never;
            header?: {
                /** @description Answer 304 without a body if the version is one of these entity tags. */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description Id of the item.
                 * @example 0198f3d0-1a2b-7c3d-8e4f-5a6b7c8d9e0f
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It exists */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Item"];
                };
            };
            /** @description The client has this version already */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScope"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    deleteItem: {
        parameters: {
            query?: never;
            header?: {
                /** @description Change the resource only if its version is one of these entity tags; otherwise 412 `version_mismatch`. */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Id of the item.
                 * @example 0198f3d0-1a2b-7c3d-8e4f-5a6b7c8d9e0f
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was deleted */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deletion"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScope"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCaller"];
            412: components["responses"]["PreconditionFailedundefined"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    updateItem: {
        parameters: {
            query?: never;
            header?: {
                /** @description Change the resource only if its version is one of these entity tags; otherwise 412 `version_mismatch`. */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Id of the item.
                 * @example 0198f3d0-1a2b-7c3d-8e4f-5a6b7c8d9e0f
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ItemPatch"];
            };
        };
        responses: {
            /** @description It was changed */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Item"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScope"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCaller"];
            412: components["responses"]["PreconditionFailedundefined"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    listUserItems: {
        parameters: {
            query?: {
                /** @description Most entries of a page. */
                limit?: number;
                /** @description The `nextCursor` of the page before; none for the first page. */
                cursor?: string;
                /** @description Ascending; with `-`, descending. By default `-createdAt`, and with `updatedSince` `updatedAt`. */
                sort?: "createdAt" | "-createdAt" | "updatedAt" | "-updatedAt" | "title" | "-title";
                /** @description Only what was created or changed at or after this moment. `sort` must be `updatedAt` or `-updatedAt`. */
                updatedSince?: string;
            };
            header?: never;
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ItemPage"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    createUserItem: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat: for 24 hours, requests with this key get the response of the first one that succeeded. Use a new random key for each request. */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ItemDraft"];
            };
        };
        responses: {
            /** @description It was created */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Location: components["headers"]["Location"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Item"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            /** @description `limit_reached`: the owner has as many as its limit allows. Or the account is not active, or its role or scopes are insufficient: `code` tells which */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "account_inactive" | "forbidden" | "https_required" | "limit_reached" | "role_insufficient" | "scope_insufficient";
                    };
                };
            };
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRefIdempotency"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            422: components["responses"]["UnprocessableContentIdempotency"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    getUserItem: {
        parameters: {
            query?: never;
            header?: {
                /** @description Answer 304 without a body if the version is one of these entity tags. */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
                /**
                 * @description Id of the item.
                 * @example 0198f3d0-1a2b-7c3d-8e4f-5a6b7c8d9e0f
                 */
                resourceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It exists */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Item"];
                };
            };
            /** @description The client has this version already */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    deleteUserItem: {
        parameters: {
            query?: never;
            header?: {
                /** @description Change the resource only if its version is one of these entity tags; otherwise 412 `version_mismatch`. */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
                /**
                 * @description Id of the item.
                 * @example 0198f3d0-1a2b-7c3d-8e4f-5a6b7c8d9e0f
                 */
                resourceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was deleted */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deletion"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            412: components["responses"]["PreconditionFailedundefined"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    updateUserItem: {
        parameters: {
            query?: never;
            header?: {
                /** @description Change the resource only if its version is one of these entity tags; otherwise 412 `version_mismatch`. */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
                /**
                 * @description Id of the item.
                 * @example 0198f3d0-1a2b-7c3d-8e4f-5a6b7c8d9e0f
                 */
                resourceId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ItemPatch"];
            };
        };
        responses: {
            /** @description It was changed */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Item"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            412: components["responses"]["PreconditionFailedundefined"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    listTemplates: {
        parameters: {
            query?: {
                /** @description Most entries of a page. */
                limit?: number;
                /** @description The `nextCursor` of the page before; none for the first page. */
                cursor?: string;
                /** @description Ascending; with `-`, descending. By default `-createdAt`, and with `updatedSince` `updatedAt`. */
                sort?: "createdAt" | "-createdAt" | "updatedAt" | "-updatedAt" | "name" | "-name";
                /** @description Only what was created or changed at or after this moment. `sort` must be `updatedAt` or `-updatedAt`. */
                updatedSince?: string;
                /** @description `own`: the owner's templates, public or not. `public`: the public templates of all users. */
                visibility?: "own" | "public";
                /** @description Only templates with exactly this language. */
                language?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplatePage"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScope"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    createTemplate: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat: for 24 hours, requests with this key get the response of the first one that succeeded. Use a new random key for each request. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TemplateDraft"];
            };
        };
        responses: {
            /** @description It was created */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Location: components["headers"]["Location"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Template"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            /** @description `limit_reached`: the owner has as many as its limit allows. Or the account is not active, or its role or scopes are insufficient: `code` tells which */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "account_inactive" | "forbidden" | "https_required" | "limit_reached" | "scope_insufficient";
                    };
                };
            };
            409: components["responses"]["ConflictCallerIdempotency"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            422: components["responses"]["UnprocessableContentIdempotency"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    getTemplate: {
        parameters: {
            query?: never;
            header?: {
                /** @description Answer 304 without a body if the version is one of these entity tags. */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description Id of the template.
                 * @example 0198f3d1-2b3c-7d4e-9f50-6b7c8d9e0f1a
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It exists */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Template"];
                };
            };
            /** @description The client has this version already */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScope"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    deleteTemplate: {
        parameters: {
            query?: never;
            header?: {
                /** @description Change the resource only if its version is one of these entity tags; otherwise 412 `version_mismatch`. */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Id of the template.
                 * @example 0198f3d1-2b3c-7d4e-9f50-6b7c8d9e0f1a
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was deleted */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deletion"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScope"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCaller"];
            412: components["responses"]["PreconditionFailedundefined"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    updateTemplate: {
        parameters: {
            query?: never;
            header?: {
                /** @description Change the resource only if its version is one of these entity tags; otherwise 412 `version_mismatch`. */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Id of the template.
                 * @example 0198f3d1-2b3c-7d4e-9f50-6b7c8d9e0f1a
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TemplatePatch"];
            };
        };
        responses: {
            /** @description It was changed */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Template"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScope"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCaller"];
            412: components["responses"]["PreconditionFailedundefined"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    listUserTemplates: {
        parameters: {
            query?: {
                /** @description Most entries of a page. */
                limit?: number;
                /** @description The `nextCursor` of the page before; none for the first page. */
                cursor?: string;
                /** @description Ascending; with `-`, descending. By default `-createdAt`, and with `updatedSince` `updatedAt`. */
                sort?: "createdAt" | "-createdAt" | "updatedAt" | "-updatedAt" | "name" | "-name";
                /** @description Only what was created or changed at or after this moment. `sort` must be `updatedAt` or `-updatedAt`. */
                updatedSince?: string;
                /** @description `own`: the owner's templates, public or not. `public`: the public templates of all users. */
                visibility?: "own" | "public";
                /** @description Only templates with exactly this language. */
                language?: string;
            };
            header?: never;
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplatePage"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    createUserTemplate: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat: for 24 hours, requests with this key get the response of the first one that succeeded. Use a new random key for each request. */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TemplateDraft"];
            };
        };
        responses: {
            /** @description It was created */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Location: components["headers"]["Location"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Template"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            /** @description `limit_reached`: the owner has as many as its limit allows. Or the account is not active, or its role or scopes are insufficient: `code` tells which */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "account_inactive" | "forbidden" | "https_required" | "limit_reached" | "role_insufficient" | "scope_insufficient";
                    };
                };
            };
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRefIdempotency"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            422: components["responses"]["UnprocessableContentIdempotency"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    getUserTemplate: {
        parameters: {
            query?: never;
            header?: {
                /** @description Answer 304 without a body if the version is one of these entity tags. */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
                /**
                 * @description Id of the template.
                 * @example 0198f3d1-2b3c-7d4e-9f50-6b7c8d9e0f1a
                 */
                resourceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It exists */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Template"];
                };
            };
            /** @description The client has this version already */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    deleteUserTemplate: {
        parameters: {
            query?: never;
            header?: {
                /** @description Change the resource only if its version is one of these entity tags; otherwise 412 `version_mismatch`. */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
                /**
                 * @description Id of the template.
                 * @example 0198f3d1-2b3c-7d4e-9f50-6b7c8d9e0f1a
                 */
                resourceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was deleted */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deletion"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            412: components["responses"]["PreconditionFailedundefined"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    updateUserTemplate: {
        parameters: {
            query?: never;
            header?: {
                /** @description Change the resource only if its version is one of these entity tags; otherwise 412 `version_mismatch`. */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
                /**
                 * @description Id of the template.
                 * @example 0198f3d1-2b3c-7d4e-9f50-6b7c8d9e0f1a
                 */
                resourceId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TemplatePatch"];
            };
        };
        responses: {
            /** @description It was changed */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Template"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            412: components["responses"]["PreconditionFailedundefined"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    listAssistantSessions: {
        parameters: {
            query?: {
                /** @description Most entries of a page. */
                limit?: number;
                /** @description The `nextCursor` of the page before; none for the first page. */
                cursor?: string;
                /** @description Ascending; with `-`, descending. By default `-createdAt`, and with `updatedSince` `updatedAt`. */
                sort?: "createdAt" | "-createdAt" | "updatedAt" | "-updatedAt" | "name" | "-name";
                /** @description Only what was created or changed at or after this moment. `sort` must be `updatedAt` or `-updatedAt`. */
                updatedSince?: string;
                /** @description Only sessions with this status. */
                status?: "active" | "paused" | "archived";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssistantSessionPage"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScope"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    createAssistantSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat: for 24 hours, requests with this key get the response of the first one that succeeded. Use a new random key for each request. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AssistantSessionDraft"];
            };
        };
        responses: {
            /** @description It was created */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Location: components["headers"]["Location"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssistantSession"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            /** @description `limit_reached`: the owner has as many as its limit allows. Or the account is not active, or its role or scopes are insufficient: `code` tells which */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "account_inactive" | "forbidden" | "https_required" | "limit_reached" | "scope_insufficient";
                    };
                };
            };
            409: components["responses"]["ConflictCallerIdempotency"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            422: components["responses"]["UnprocessableContentIdempotency"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    getAssistantSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description Answer 304 without a body if the version is one of these entity tags. */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description Id of the assistant session.
                 * @example 0198f3d2-3c4d-7e5f-8061-7c8d9e0f1a2b
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It exists */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssistantSession"];
                };
            };
            /** @description The client has this version already */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScope"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    deleteAssistantSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description Change the resource only if its version is one of these entity tags; otherwise 412 `version_mismatch`. */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Id of the assistant session.
                 * @example 0198f3d2-3c4d-7e5f-8061-7c8d9e0f1a2b
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was deleted */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deletion"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScope"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCaller"];
            412: components["responses"]["PreconditionFailedundefined"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    updateAssistantSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description Change the resource only if its version is one of these entity tags; otherwise 412 `version_mismatch`. */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Id of the assistant session.
                 * @example 0198f3d2-3c4d-7e5f-8061-7c8d9e0f1a2b
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AssistantSessionPatch"];
            };
        };
        responses: {
            /** @description It was changed */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssistantSession"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScope"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCaller"];
            412: components["responses"]["PreconditionFailedundefined"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    listUserAssistantSessions: {
        parameters: {
            query?: {
                /** @description Most entries of a page. */
                limit?: number;
                /** @description The `nextCursor` of the page before; none for the first page. */
                cursor?: string;
                /** @description Ascending; with `-`, descending. By default `-createdAt`, and with `updatedSince` `updatedAt`. */
                sort?: "createdAt" | "-createdAt" | "updatedAt" | "-updatedAt" | "name" | "-name";
                /** @description Only what was created or changed at or after this moment. `sort` must be `updatedAt` or `-updatedAt`. */
                updatedSince?: string;
                /** @description Only sessions with this status. */
                status?: "active" | "paused" | "archived";
            };
            header?: never;
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssistantSessionPage"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    createUserAssistantSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat: for 24 hours, requests with this key get the response of the first one that succeeded. Use a new random key for each request. */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AssistantSessionDraft"];
            };
        };
        responses: {
            /** @description It was created */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Location: components["headers"]["Location"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssistantSession"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            /** @description `limit_reached`: the owner has as many as its limit allows. Or the account is not active, or its role or scopes are insufficient: `code` tells which */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "account_inactive" | "forbidden" | "https_required" | "limit_reached" | "role_insufficient" | "scope_insufficient";
                    };
                };
            };
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRefIdempotency"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            422: components["responses"]["UnprocessableContentIdempotency"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    getUserAssistantSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description Answer 304 without a body if the version is one of these entity tags. */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
                /**
                 * @description Id of the assistant session.
                 * @example 0198f3d2-3c4d-7e5f-8061-7c8d9e0f1a2b
                 */
                resourceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It exists */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssistantSession"];
                };
            };
            /** @description The client has this version already */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    deleteUserAssistantSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description Change the resource only if its version is one of these entity tags; otherwise 412 `version_mismatch`. */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
                /**
                 * @description Id of the assistant session.
                 * @example 0198f3d2-3c4d-7e5f-8061-7c8d9e0f1a2b
                 */
                resourceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was deleted */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deletion"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            412: components["responses"]["PreconditionFailedundefined"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    updateUserAssistantSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description Change the resource only if its version is one of these entity tags; otherwise 412 `version_mismatch`. */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description A user, by our id, Clerk id, e-mail address or phone number (E.164).
                 * @example 0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57
                 */
                id: components["schemas"]["UserRef"];
                /**
                 * @description Id of the assistant session.
                 * @example 0198f3d2-3c4d-7e5f-8061-7c8d9e0f1a2b
                 */
                resourceId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AssistantSessionPatch"];
            };
        };
        responses: {
            /** @description It was changed */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssistantSession"];
                };
            };
            400: components["responses"]["BadRequestBodyCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScopeAdmin"];
            404: components["responses"]["NotFoundundefined"];
            409: components["responses"]["ConflictCallerUserRef"];
            412: components["responses"]["PreconditionFailedundefined"];
            413: components["responses"]["ContentTooLargeBody"];
            415: components["responses"]["UnsupportedMediaTypeBody"];
            429: components["responses"]["TooManyRequestsundefined"];
            503: components["responses"]["ServiceUnavailableCaller"];
            default: components["responses"]["Problem"];
        };
    };
    streamChanges: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the last event that was received. The stream continues there, or begins with `reset`. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stream. It has no end: the client or the gateway closes it. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["LiveEvents"];
                };
            };
            400: components["responses"]["BadRequestCaller"];
            401: components["responses"]["UnauthorizedCallerApiKey"];
            403: components["responses"]["ForbiddenCallerScope"];
            409: components["responses"]["ConflictCaller"];
            429: components["responses"]["TooManyRequestsundefined"];
            /** @description A dependency is unavailable. Retry after `Retry-After` seconds */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "clerk_unavailable" | "clock_skew" | "keys_unavailable" | "realtime_unavailable" | "unavailable";
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
}
