import { ClerkProvider, useAuth, useUser } from '@clerk/react';
import { GatehouseProvider } from '@gatehouse/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { tokenOf } from './auth-store';
import { gatewayUrl, publishableKey } from './settings';
import './style.css';

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <ClerkProvider publishableKey={publishableKey} proxyUrl="/__clerk" prefetchUI={false} telemetry={false}>
      <GatehouseProvider baseUrl={gatewayUrl} useAuth={useAuth} useUser={useUser} getToken={tokenOf}>
        <App />
      </GatehouseProvider>
    </ClerkProvider>
  </StrictMode>,
);
